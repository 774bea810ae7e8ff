import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AppConfig } from '../app/config.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `fulcrum.config.${ending}`)

/**
 * The file that holds the configuration: the one named, or the first of `fulcrum.config.ts`, `.mts`, `.js`, `.mjs` in the directory.
 *
 * @throws FUL-6001 when there is none.
 */
export function findConfig(named: string | undefined, directory: string): string {
  const candidates = (named === undefined ? NAMES : [named]).map((name) => resolve(directory, name))
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw fulcrumError('FUL-6001', {
    path: candidates[0] ?? directory,
    allowed: named === undefined ? NAMES : 'an existing file',
  })
}

/**
 * Loads a configuration. TypeScript is run by Node itself, which strips the types: nothing is checked and nothing is built.
 *
 * @throws FUL-6002 when it cannot be loaded, with the cause; FUL-6003 when its default export is not a configuration.
 */
export async function loadConfig(path: string): Promise<AppConfig> {
  const { default: config } = await load(path)
  if (typeof config === 'object' && config !== null && 'modules' in config) return config as AppConfig
  throw fulcrumError('FUL-6003', {
    path,
    found: show(config),
    allowed: 'the result of defineConfig({ modules, … })',
  })
}

async function load(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  } catch (cause) {
    const [reason = 'it threw'] = String(cause).split('\n')
    throw fulcrumError('FUL-6002', { path, reason }, { cause })
  }
}
