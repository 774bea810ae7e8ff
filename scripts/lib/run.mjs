// Running other programs, for every script here. Runs on Node 20, because `npm install` runs on whatever Node there is.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { delimiter, join } from 'node:path'

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '')
/** Where npm links the programs of the workspace, the Node that it brings along among them. */
export const bin = join(root, 'node_modules', '.bin')

/** The environment with the programs of the workspace in front. */
export function environment(extra = {}) {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/**
 * Runs a program and resolves with its exit code (1 when a signal ended it or when it could not be started) and, unless the output goes
 * straight to the terminal, with what it printed.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env, show = true } = options
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }))
  })
}

/** `1.2 s` since `start`, a value of `performance.now()`. */
export function since(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
