/** Turns that are waited for here: several virtual clocks may run in one process, and must not take each other for ready work. */
let turns = 0

/**
 * Resolves once no microtask and no immediate is left: nothing goes on until a timer fires or the outside world answers.
 *
 * Microtasks drain before every immediate, so one turn of the loop suffices unless an immediate of somebody else queued another one. That is
 * asked of the process (0.2 µs beside the 2 µs of the turn), because immediates that were queued during a turn run in the next one.
 */
export function nextQuiescence(): Promise<void> {
  return new Promise(turn)
}

function turn(resolve: () => void): void {
  turns += 1
  setImmediate(() => {
    turns -= 1
    if (pendingImmediates() > turns) turn(resolve)
    else resolve()
  })
}

/** Immediates that wait; the one that runs is not counted. */
function pendingImmediates(): number {
  let count = 0
  for (const resource of process.getActiveResourcesInfo()) if (resource === 'Immediate') count += 1
  return count
}
