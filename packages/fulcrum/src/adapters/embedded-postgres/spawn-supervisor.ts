import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from './files.ts'
import type { Home } from './home.ts'
import type { PlatformPackage } from './platform-package.ts'

/** What a supervisor is told when it is started. No secrets: other users see the arguments of a process. */
export interface SupervisorSettings {
  readonly home: string
  readonly platformPackage: PlatformPackage
}

/** Where the supervisor writes what it does. */
export function supervisorLog(home: Home): string {
  return join(home.directory, 'supervisor.log')
}

/** A supervisor that was started; it goes its own way. */
export interface SpawnedSupervisor {
  /** Whether it has given up. One that has found another supervisor at work has not, and neither has one that was killed. */
  hasFailed: boolean
}

/**
 * Starts a supervisor that outlives this process: in a session of its own, so that neither Ctrl-C nor the end of the terminal reaches
 * it, and with an empty environment, so that it does not depend on who happened to come first.
 */
export function spawnSupervisor(home: Home, platformPackage: PlatformPackage): SpawnedSupervisor {
  const settings: SupervisorSettings = { home: home.directory, platformPackage }
  const log = openLog(supervisorLog(home))
  try {
    const child = spawn(process.execPath, [mainFile(), JSON.stringify(settings)], {
      cwd: home.directory,
      detached: true,
      env: {},
      stdio: ['ignore', log, log],
    })
    const spawned: SpawnedSupervisor = { hasFailed: false }
    child.once('error', () => (spawned.hasFailed = true))
    child.once('exit', (code) => (spawned.hasFailed = code !== 0 && code !== null))
    child.unref()
    return spawned
  } finally {
    closeSync(log)
  }
}

// Beside this file, with the same ending: `.ts` in the sources, `.js` in the build.
function mainFile(): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./supervisor-main.${ending}`, import.meta.url))
}
