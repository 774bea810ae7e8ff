import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from './system-routes.ts'

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('the policy of the documentation page', () => {
  it('names its own styles and scripts and admits nothing else', () => {
    const html = '<style>a{}</style><STYLE media="print">\nb{}</STYLE><script type="module">run("ä")</script>'
    const policy = contentSecurityPolicy(html)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src ${hash('a{}')} ${hash('\nb{}')};`)
    expect(policy).toContain(`script-src ${hash('run("ä")')};`)
    expect(contentSecurityPolicy('<p>')).toContain("style-src 'none'; script-src 'none'")
  })
})
