import { inspect } from 'node:util'
import { isBootError } from '../../kernel/errors/boot-error.ts'
import { type FulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { ErrorRow } from '../../kernel/errors/row.ts'
import { ERRORS } from '../../kernel/errors/table.ts'
import type { Page } from '../terminal.ts'
import { count, rows, wrap } from './prose.ts'

export interface ErrorView extends Pick<Page, 'paint' | 'width'> {
  /** Whole stacks and every cause. */
  readonly verbose: boolean
}

/** An error for people: what it is, where, what was found, what is allowed, what to do. */
export function showError(error: unknown, view: ErrorView): string[] {
  if (isBootError(error)) return [...refusals(error.errors, view), ...stackOf(error, view)]
  if (isFulcrumError(error)) return [...failure(error, view), ...stackOf(error, view)]
  return unexpected(error, view)
}

/** Each reason to refuse an application, or something else, as a block of its own. */
export function refusals(
  errors: readonly FulcrumError[],
  view: ErrorView,
  what: string = 'The application is refused',
): string[] {
  const head = view.paint('bold', `${what} for ${count(errors.length, 'reason')}:`)
  return [head, ...errors.flatMap((error) => ['', ...refusal(error, view)])]
}

/** The place of an error in the error reference. */
export function docsOf({ code }: FulcrumError): string {
  return `docs/reference/errors.md#${`${code}-${row(code).name}`.toLowerCase()}`
}

function row(code: FulcrumError['code']): ErrorRow {
  return ERRORS[code]
}

function refusal(error: FulcrumError, view: ErrorView): string[] {
  const { title, fix } = row(error.code)
  const facts: [string, string][] = [
    ['operation', error.operation ?? ''],
    ...Object.entries(error.params).map(([name, value]): [string, string] => [name, textOf(value)]),
    ['fix', fix],
    ['docs', docsOf(error)],
  ]
  return [heading(error, title, view), ...table(facts, view)]
}

function failure(error: FulcrumError, view: ErrorView): string[] {
  const { title, fix } = row(error.code)
  const sentence = wrap(error.detail, view.width - 2).map((line) => `  ${line}`)
  const facts: [string, string][] = [
    ['operation', error.operation ?? ''],
    ['fix', fix],
    ['docs', docsOf(error)],
  ]
  return [heading(error, title, view), ...sentence, ...table(facts, view), ...causeOf(error, view)]
}

function heading({ code }: FulcrumError, title: string, { paint }: ErrorView): string {
  return `${paint('red', code)} ${paint('bold', title)}`
}

function table(facts: readonly [string, string][], { paint, width }: ErrorView): string[] {
  const told = facts.filter(([, text]) => text !== '')
  return rows(told, { width, indent: 2, label: (text) => paint('dim', text) })
}

function textOf(value: unknown): string {
  return (Array.isArray(value) ? value.join(', ') : String(value)).trim()
}

// What is not Fulcrum's comes from the application or from the machine: its own words, and where in the application.
function causeOf({ cause }: FulcrumError, view: ErrorView): string[] {
  if (cause === undefined || view.verbose) return []
  if (isFulcrumError(cause)) return ['', ...failure(cause, view)]
  return ['', ...excerpt(cause).map((line) => `  ${line}`)]
}

/** The message of a foreign error and the lines of its stack that are neither Node's nor a dependency's. */
function excerpt(error: unknown): string[] {
  if (!(error instanceof Error)) return [inspect(error)]
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n')
  return lines.filter((line) => !/^\s+at /.test(line) || isOwn(line)).slice(0, 12)
}

function isOwn(line: string): boolean {
  return !/node:|[\\/]node_modules[\\/]|[\\/]fulcrum[\\/](dist|src|bin)[\\/]/.test(line)
}

function unexpected(error: unknown, view: ErrorView): string[] {
  const text = view.verbose ? inspect(error).split('\n') : excerpt(error)
  const hint = view.verbose ? [] : [view.paint('dim', 'Run it again with --verbose for everything known.')]
  return [view.paint('red', 'Unexpected error'), ...text.map((line) => `  ${line}`), ...hint]
}

function stackOf(error: Error, { verbose }: ErrorView): string[] {
  return verbose ? ['', ...inspect(error).split('\n')] : []
}
