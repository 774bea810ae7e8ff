import { afterAll, beforeAll, describe } from 'vitest'
import { probeApp } from '../probe-app.ts'
import { answersConformance } from './answers.ts'
import { bodyConformance } from './body.ts'
import { callerConformance } from './caller.ts'
import { errorsConformance } from './errors.ts'
import { inputConformance } from './input.ts'
import { Session } from './session.ts'
import type { StartTarget } from './target.ts'

/** What every server has to make of the same requests. */
export function httpConformance(name: string, start: StartTarget): void {
  describe(`HTTP through ${name}`, () => {
    let session: Session
    const at = (): Session => session

    beforeAll(async () => {
      const probe = await probeApp()
      session = new Session(name, probe, await start(probe))
    })
    afterAll(() => session.close())

    answersConformance(at)
    inputConformance(at)
    bodyConformance(at)
    errorsConformance(at)
    callerConformance(at)
  })
}
