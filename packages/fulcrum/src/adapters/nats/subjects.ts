/** All subjects of a stream. */
export function subjects(stream: string): string[] {
  return [`${stream}.event.>`]
}

/** `FULCRUM.event.orders.OrderPlaced` */
export function subjectOf(stream: string, type: string): string {
  return `${stream}.event.${type}`
}

/** The consumer of one application for one type of event. Names of consumers have no dots. */
export function consumerOf(application: string, type: string): string {
  return `${application}-${type.replaceAll('.', '-')}`
}
