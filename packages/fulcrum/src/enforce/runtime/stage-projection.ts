import type { StageFactory } from './stage.ts'

/** Lets the handler read a projection when that has what the caller has to see. On the connection that the route has chosen, so behind that stage. */
export const projection: StageFactory<'projection'> = ({ projection: name, needs }, next, parts) => {
  const { projections } = parts
  if (projections === undefined) throw new Error('a plan with a projection was composed without any')
  return async (call, input) => {
    const { token } = call
    const ofSession = needs === 'session' && token !== undefined
    // Of a session without a history nobody knows what it has written: it may be everything.
    const needed = ofSession ? { epoch: token.epoch, lsn: token.w } : await projections.everything(call)
    const isNothing = ofSession && token.w === 0
    if (!isNothing) await projections.until(call, name, needed)
    return next(call, input)
  }
}
