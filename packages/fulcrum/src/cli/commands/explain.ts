import type { Command } from 'commander'
import type { PlannedOperation } from '../../app/app.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { withDevelopmentStore } from '../development-store.ts'
import { type Help, withHelp } from '../help.ts'
import { findConfig, loadConfig } from '../load-config.ts'
import { configOption, jsonOption } from '../options.ts'
import { planJson, showPlan } from '../show/plan.ts'

interface ExplainOptions {
  readonly config?: string
  readonly json?: boolean
}

const HELP: Help = {
  summary: 'explain what the contract of an operation becomes',
  text: `Explain what the contract of an operation becomes.

For each operation: what it promises and what it gives up for that, the stages of its plan with their reasons, and
what was left out and why. Nothing is connected. Without DATABASE_URL it plans for the embedded cluster of
\`fulcrum dev\`.`,
  examples: [
    ['fulcrum explain', 'every operation'],
    ['fulcrum explain orders', 'the operations of one module'],
    ['fulcrum explain orders.place --json', 'one operation, for machines'],
  ],
}

export const addExplain: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('explain')
    .argument('[operation]', 'an operation, a module, or nothing for everything')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(run((name: string | undefined, options: ExplainOptions) => explain(name, options, context)))
  withHelp(command, HELP)
}

async function explain(
  name: string | undefined,
  options: ExplainOptions,
  { terminal: { out }, env, directory }: CommandContext,
): Promise<ExitCode> {
  const loaded = await loadConfig(findConfig(options.config, directory))
  const config = await withDevelopmentStore(loaded, env)
  const { createApp } = await import('../../app/create-app.ts')
  const chosen = choose(createApp(config, { env }).operations, name)
  if (options.json === true) {
    out.line(
      JSON.stringify(
        chosen.map((each) => planJson(each)),
        undefined,
        2,
      ),
    )
    return 0
  }
  const view = { width: out.width, paint: out.paint.bind(out) }
  for (const [index, planned] of chosen.entries()) {
    if (index > 0) out.line()
    for (const line of showPlan(planned, view)) out.line(line)
  }
  return 0
}

function choose(
  operations: readonly PlannedOperation[],
  name: string | undefined,
): readonly PlannedOperation[] {
  if (name === undefined) return operations
  const chosen = operations.filter(({ operation, module }) => operation.name === name || module === name)
  if (chosen.length > 0) return chosen
  const names = operations.map(({ operation }) => operation.name)
  const modules = [...new Set(operations.map(({ module }) => module))]
  throw fulcrumError('FUL-6004', {
    argument: 'operation',
    found: `"${name}"`,
    hint: didYouMean(name, [...names, ...modules]),
    allowed: `an operation or one of the modules ${modules.join(', ')}`,
  })
}
