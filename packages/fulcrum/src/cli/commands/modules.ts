import type { Command } from 'commander'
import { moduleOf } from '../../declare/checks/names.ts'
import { fulcrumError, type FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { edgesAt, extractionRefusals, type ModuleEdge, moduleEdges } from '../../plan/module-edges.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { withDevelopmentStore } from '../development-store.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig, loadConfig } from '../load-config.ts'
import { configOption, jsonOption } from '../options.ts'
import { errorJson } from '../show/error-json.ts'
import { refusals } from '../show/error.ts'
import { showEdges, showExtractable } from '../show/modules.ts'

interface ModulesOptions {
  readonly config?: string
  readonly json?: boolean
  readonly extract?: string
}

const HELP: Help = {
  summary: 'show how modules depend on each other, and whether one can be extracted',
  text: `Show how modules depend on each other, and whether one can be extracted.

Each edge is one operation that depends on another module: transactional (both are in one transaction or snapshot, so
the modules are hard to split), call (one waits for the other) or event (one is told later). With --extract it says
whether a module could run in a process of its own, and names the operations on both ends of what is in the way.
Nothing is connected.`,
  examples: [
    ['fulcrum modules', 'every edge'],
    ['fulcrum modules orders', 'the edges of one module'],
    ['fulcrum modules --extract inventory', 'exit code 1 when something is in the way'],
  ],
}

export const addModules: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('modules')
    .argument('[module]', 'a module, or nothing for all')
    .addOption(configOption())
    .option('--extract <module>', 'say whether this module can run in a process of its own')
    .addOption(jsonOption())
    .action(run((name: string | undefined, options: ModulesOptions) => modules(name, options, context)))
  withHelp(command, HELP)
}

async function modules(
  name: string | undefined,
  options: ModulesOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { env, directory } = context
  const loaded = await loadConfig(findConfig(options.config, directory))
  const config = await withDevelopmentStore(loaded, env)
  const { boot } = await import('../../app/boot.ts')
  const edges = moduleEdges(boot(config, env).operations)
  const names = config.modules.map((module) => module.name)
  if (name !== undefined) requireModule('module', name, names)
  if (options.extract !== undefined) requireModule('--extract', options.extract, names)
  const only = options.extract ?? name
  const shown = only === undefined ? edges : edgesAt(edges, only)
  const refused = options.extract === undefined ? [] : extractionRefusals(edges, options.extract)
  print({ edges: shown, names, refused }, options, context)
  return refused.length === 0 ? 0 : 1
}

interface Found {
  readonly edges: readonly ModuleEdge[]
  readonly names: readonly string[]
  readonly refused: readonly FulcrumError[]
}

function print({ edges, names, refused }: Found, options: ModulesOptions, context: CommandContext): void {
  const { extract } = options
  const { out, err } = context.terminal
  if (options.json === true) {
    const list = edges.map((edge) => ({ ...edge, modules: [moduleOf(edge.from), moduleOf(edge.to)] }))
    const answer = extract === undefined ? {} : { extract, ok: refused.length === 0 }
    const json = { modules: names, edges: list, ...answer, errors: refused.map(errorJson) }
    return out.line(JSON.stringify(json, undefined, 2))
  }
  const view = { verbose: false, width: err.width, paint: err.paint.bind(err) }
  if (refused.length > 0) {
    for (const line of refusals(refused, view, `Module ${extract} cannot be extracted`)) err.line(line)
    return
  }
  for (const line of showEdges(edges, { width: out.width, paint: out.paint.bind(out) })) out.line(line)
  if (extract !== undefined) out.line(showExtractable(extract, edges))
}

function requireModule(argument: string, found: string, names: readonly string[]): void {
  if (names.includes(found)) return
  const allowed = names.join(', ') || 'no module at all'
  throw fulcrumError('FUL-6004', {
    argument,
    found: `"${found}"`,
    hint: didYouMean(found, names),
    allowed,
  })
}
