import { createHash } from 'node:crypto'

/**
 * Lets a page run one inline style and one inline script, named by their hashes, and send requests to its own origin
 * (https://www.w3.org/TR/CSP3/). The hashes are of what the page is meant to have: markup that found its way in is not among them.
 */
export function contentSecurityPolicy({
  style,
  script,
}: {
  readonly style: string
  readonly script: string
}): string {
  return [
    "default-src 'none'",
    `style-src '${sha256(style)}'`,
    `script-src '${sha256(script)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`
}
