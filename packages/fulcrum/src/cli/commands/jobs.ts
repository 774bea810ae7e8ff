import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import type { JobSignature } from '../../declare/operation.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { AddCommand, CommandContext, ExitCode } from '../command-context.ts'
import { type Help, withHelp } from '../help.ts'
import { lookingApp } from '../looking-app.ts'
import { configOption, jsonOption } from '../options.ts'
import { showDead, showDepths } from '../show/jobs.ts'
import { count } from '../show/prose.ts'

interface JobsOptions {
  readonly config?: string
  readonly json?: boolean
  /** `true`: all of them. */
  readonly revive?: true | readonly string[]
}

/** As many dead jobs as are shown. */
const SHOWN = 100

const HELP: Help = {
  summary: 'show what waits in the queues of jobs, and take dead jobs back',
  text: `Show what waits in the queues of jobs, and take dead jobs back.

Without a job: what is in the queues, as it was counted some seconds ago by a running instance. With a job: those of
it that have failed for good, oldest first, and why. No job is run by this command, and nothing is migrated.`,
  examples: [
    ['fulcrum jobs', 'what is in the queues'],
    ['fulcrum jobs orders.sendReceipt', 'the dead letters of one job'],
    ['fulcrum jobs orders.sendReceipt --revive', 'all of them back into the queue'],
  ],
}

export const addJobs: AddCommand = (program, context, run) => {
  const command: Command = program
    .command('jobs')
    .argument('[job]', 'a job, whose dead letters are shown')
    .addOption(configOption())
    .option('--revive [ids...]', 'take its dead jobs back into the queue: those with these ids, or all')
    .addOption(jsonOption())
    .action(run((name: string | undefined, options: JobsOptions) => jobs(name, options, context)))
  withHelp(command, HELP)
}

async function jobs(
  name: string | undefined,
  options: JobsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { out } = context.terminal
  await using app = await lookingApp(options.config, context)
  const job = name === undefined ? undefined : jobOf(app, name)
  if (job === undefined && options.revive !== undefined) throw unknownJob(app, '--revive without a job')
  const view = { width: out.width, paint: out.paint.bind(out) }
  const { value, lines } = await answer(app, { job, revive: options.revive, view })
  if (options.json === true) out.line(JSON.stringify(value, undefined, 2))
  else for (const line of lines()) out.line(line)
  return 0
}

interface Asked {
  readonly job: JobSignature | undefined
  readonly revive: JobsOptions['revive']
  readonly view: Parameters<typeof showDead>[1]
}

interface Answer {
  readonly value: unknown
  readonly lines: () => readonly string[]
}

async function answer(app: App, { job, revive, view }: Asked): Promise<Answer> {
  const queues = hasJobs(app) ? (await app.start()).jobs : undefined
  if (queues === undefined || job === undefined) {
    const depths = (await queues?.depths()) ?? []
    return { value: depths, lines: () => showDepths(depths, view) }
  }
  if (revive === undefined) {
    const dead = await queues.dead(job, { limit: SHOWN })
    return { value: dead, lines: () => showDead(dead, view) }
  }
  const revived = await queues.revive(job, revive === true ? undefined : revive)
  return { value: { revived }, lines: () => [`${count(revived, 'job')} taken back into the queue.`] }
}

function hasJobs({ operations }: App): boolean {
  return operations.some(({ operation }) => operation.kind === 'job')
}

function jobOf(app: App, name: string): JobSignature {
  const found = app.operations.find(({ operation }) => operation.kind === 'job' && operation.name === name)
  if (found === undefined) throw unknownJob(app, `"${name}"`)
  return found.operation as JobSignature
}

function unknownJob({ operations }: App, found: string): Error {
  const names = operations.flatMap(({ operation: { kind, name } }) => (kind === 'job' ? [name] : []))
  const hint = didYouMean(found.replaceAll('"', ''), names)
  return fulcrumError('FUL-6004', {
    argument: 'job',
    found,
    hint,
    allowed: names.join(', ') || 'no job at all',
  })
}
