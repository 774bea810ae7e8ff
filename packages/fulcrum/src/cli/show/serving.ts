import type { App } from '../../app/app.ts'
import type { Page } from '../terminal.ts'
import { rows } from './prose.ts'

const SHOWN = 3

/** Where an application serves and what to try there. */
export function showServing(
  { name, operations }: Pick<App, 'name' | 'operations'>,
  { url, took }: { readonly url: string; readonly took: number },
  { paint, width }: Pick<Page, 'paint' | 'width'>,
): string[] {
  const tries = operations.flatMap(({ operation: { http } }) => simpleGet(http)).slice(0, SHOWN)
  const facts: [string, string][] = [
    ...tries.map((path, index): [string, string] => [index === 0 ? 'try' : '', `curl ${url}${path}`]),
    ['API', `${url}/docs`],
    ['health', `${url}/readyz`],
    ['metrics', `${url}/metrics`],
  ]
  return [
    `${paint('green', name)} serves on ${paint('bold', url)} (started in ${took} ms)`,
    ...rows(facts, { width, indent: 2, label: (text) => paint('dim', text) }),
  ]
}

function simpleGet(http: string | undefined): string[] {
  return http?.startsWith('GET ') === true && !http.includes(':') ? [http.slice(4)] : []
}
