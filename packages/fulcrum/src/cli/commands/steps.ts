import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { stageOf } from '../../plan/plan.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { type Help, withHelp } from '../help.ts'
import { lookingApp } from '../looking-app.ts'
import { configOption, jsonOption } from '../options.ts'
import { type RunWithSteps, showRun, showRuns } from '../show/steps.ts'

interface StepsOptions {
  readonly config?: string
  readonly json?: boolean
  readonly retry?: boolean
}

const HELP: Help = {
  summary: 'show runs of steps that are not over, and let stuck ones go on',
  text: `Show runs of steps that are not over, and let stuck ones go on.

Without a run: those that are under way, are being undone, or are stuck, oldest first, and why. With a run: its steps. This
command goes on with no run itself, and migrates nothing: instances that run do that.`,
  examples: [
    ['fulcrum steps', 'what is not over'],
    ['fulcrum steps 5c1f4a0e-8d1b-4f7e-9b58-0f1d2c3b4a59', 'one run with its steps'],
    ['fulcrum steps 5c1f4a0e-8d1b-4f7e-9b58-0f1d2c3b4a59 --retry', 'it goes on where it got stuck'],
  ],
}

export const addSteps: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('steps')
    .argument('[run]', 'a run, whose steps are shown')
    .addOption(configOption())
    .option('--retry', 'let the run go on, which is stuck')
    .addOption(jsonOption())
    .action(run((id: string | undefined, options: StepsOptions) => steps(id, options, context)))
  withHelp(command, HELP)
}

async function steps(
  run: string | undefined,
  options: StepsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { out } = context.terminal
  await using app = await lookingApp(options.config, context)
  if (run === undefined && options.retry === true) throw wrongRun('--retry without a run')
  const view = { width: out.width, paint: out.paint.bind(out) }
  const { value, lines } = await answer(app, { run, retry: options.retry === true, view })
  if (options.json === true) out.line(JSON.stringify(value, undefined, 2))
  else for (const line of lines()) out.line(line)
  return 0
}

interface Asked {
  readonly run: string | undefined
  readonly retry: boolean
  readonly view: Parameters<typeof showRuns>[1]
}

interface Answer {
  readonly value: unknown
  readonly lines: () => readonly string[]
}

async function answer(app: App, { run, retry, view }: Asked): Promise<Answer> {
  const hasSteps = app.operations.some(({ plan }) => stageOf(plan, 'steps') !== undefined)
  const all = hasSteps ? (await app.start()).steps : undefined
  if (run === undefined) {
    const runs = (await all?.runs()) ?? []
    return { value: runs, lines: () => showRuns(runs, view) }
  }
  const found: RunWithSteps | undefined = await all?.run(run)
  if (all === undefined || found === undefined) throw wrongRun(`"${run}"`)
  if (!retry) return { value: found, lines: () => showRun(found, view) }
  const retried = await all.retry(run)
  return {
    value: { retried },
    lines: () => [retried ? 'It goes on.' : `It is ${found.state}, and not stuck.`],
  }
}

function wrongRun(found: string): Error {
  return fulcrumError('FUL-6004', {
    argument: 'run',
    found,
    hint: '',
    allowed: 'a run that `fulcrum steps` shows',
  })
}
