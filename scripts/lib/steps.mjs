import { run, since } from './run.mjs'

/**
 * Runs commands one after the other, all of them, and names each with its time. A step is `[name, command, ...arguments]`. Resolves with
 * the names of those that failed.
 */
export async function runSteps(steps) {
  const failed = []
  for (const [name, command, ...args] of steps) {
    const start = performance.now()
    const { code, output } = await run(command, args, { show: false })
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${since(start)})`)
    if (code === 0) continue
    console.log(output.trim().replace(/^(?=.)/gm, '       '))
    failed.push(name)
  }
  return failed
}
