/** A place in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** The caller's span, 16 hexadecimal digits. */
  readonly parentId: string
  readonly sampled: boolean
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
// Later versions may append fields; the first four keep their meaning. Version ff does not exist.
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/** The header as it came, where it is one. */
export function validTraceparent(header: string | undefined): string | undefined {
  return parseTraceparent(header) === undefined ? undefined : header
}

/** Reads `traceparent`; `undefined` where it is absent or invalid, since a trace that cannot be read is restarted, never refused (section 3.2). */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined) return undefined
  const [, traceId, parentId, flags] = VERSION_00.exec(header) ?? LATER.exec(header) ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
