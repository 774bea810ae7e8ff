import type { Issue } from '../../kernel/errors/row.ts'
import type { FetchResponse } from './options.ts'
import type { RemoteProblem } from './remote-error.ts'

/**
 * Reads what came with an error. Anything may answer in place of the server (a proxy, a captive portal), and anything may be cut off: what is no
 * problem document leaves the status and its reason phrase.
 */
export function problemOf({ status, statusText }: FetchResponse, text: string): RemoteProblem {
  const document = parsedObject(text)
  const title = textOf(document['title']) ?? fallbackTitle(status, statusText)
  const texts = ['detail', 'code', 'type', 'instance', 'operation', 'traceId'] as const
  const present = texts.flatMap((name) => {
    const value = textOf(document[name])
    return value === undefined ? [] : [[name, value] as const]
  })
  const issues = issuesOf(document['issues'])
  return {
    status,
    title,
    ...Object.fromEntries(present),
    ...(issues !== undefined && { issues }),
    ...('data' in document && { data: document['data'] }),
  }
}

/** Whether a media type is JSON: `application/json` or one with the suffix `+json` (RFC 6839, 3.1). */
export function isJsonType(contentType: string | null): boolean {
  return /^application\/(?:json|[^\s;]+\+json)[ \t]*(?:;|$)/i.test(contentType ?? '')
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** HTTP/2 and browsers leave the reason phrase empty; a redirect that is not followed has no status in browsers either. */
function fallbackTitle(status: number, statusText: string): string {
  if (status === 0 || (status >= 300 && status < 400))
    return 'The server redirects, which clients do not follow'
  return statusText === '' ? `Status ${status}` : statusText
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function issuesOf(value: unknown): readonly Issue[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((issue): issue is Issue => {
    const { path, message } = (issue ?? {}) as Partial<Issue>
    return typeof path === 'string' && typeof message === 'string'
  })
}
