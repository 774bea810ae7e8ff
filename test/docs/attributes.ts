/** What the info string of a fenced block says: `ts file=api.ts run` is language `ts`, `file` is `api.ts`, `run` is `true`. */
export interface Attributes {
  readonly language: string
  readonly values: ReadonlyMap<string, string | true>
}

const WORD = /\s*([a-z-]+)(?:=(?:"([^"]*)"|(\S+)))?(?=\s|$)/y

/** @throws Error where the info string is none. */
export function parseAttributes(info: string): Attributes {
  const [, language = '', rest = ''] = /^(\S*)(.*)$/.exec(info.trim()) ?? []
  const values = new Map<string, string | true>()
  WORD.lastIndex = 0
  while (WORD.lastIndex < rest.length) {
    const [found, name, quoted, plain] = WORD.exec(rest) ?? []
    if (found === undefined || name === undefined) throw new Error(`cannot be read: \`\`\`${info}`)
    values.set(name, quoted ?? plain ?? true)
  }
  return { language, values }
}
