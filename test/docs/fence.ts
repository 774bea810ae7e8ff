/** A fenced block, for pages that tests make up. */
export function fence(info: string, ...lines: readonly string[]): string {
  return ['```' + info, ...lines, '```'].join('\n')
}
