import { expect, test } from 'vitest'
import { parseAttributes } from './attributes.ts'
import { parseBlocks } from './blocks.ts'
import { fence } from './fence.ts'
import { type Step, stepsOf } from './steps.ts'
import { parseTranscript } from './transcript.ts'

function steps(...blocks: string[]): Step[] {
  return stepsOf(parseBlocks(blocks.join('\n\n')))
}

test('attributes: words, values, values in quotes', () => {
  const { language, values } = parseAttributes('ts file=a/b.ts run no-run="because of b"')
  expect(language).toBe('ts')
  expect([...values]).toEqual([
    ['file', 'a/b.ts'],
    ['run', true],
    ['no-run', 'because of b'],
  ])
  expect(() => parseAttributes('ts {1,3}')).toThrow('cannot be read')
})

test('blocks: with their line, without the indentation of a list, also in comments', () => {
  const inList = fence('sh', 'two', '  more').replaceAll(/^/gm, '  ')
  const longer = `\`${fence('md', fence('ts'))}\``
  const page = ['# A', fence('ts', 'one'), '- b', inList, '<!--', fence('json', '3'), '-->', longer].join(
    '\n',
  )
  expect(parseBlocks(page).map(({ line, language, text }) => [line, language, text])).toEqual([
    [2, 'ts', 'one'],
    [6, 'sh', 'two\n  more'],
    [11, 'json', '3'],
    [15, 'md', '```ts\n```'],
  ])
  expect(() => parseBlocks('```ts\none')).toThrow('line 1: the block is not closed')
})

test('transcripts: commands with what they print', () => {
  expect(parseTranscript('$ a \\\n  b\none\n\ntwo\n$ c\n^C\nthree')).toEqual([
    { command: 'a \\\n  b', output: 'one\n\ntwo' },
    { command: 'c', output: '' },
    { command: '^C', output: 'three' },
  ])
  expect(() => parseTranscript('one')).toThrow('begins with')
})

test.each([
  ['python', 'a block of language "python" has to be run'],
  ['', 'has to be run, or to say why not'],
  ['bash', 'has to be run, or to say why not'],
  ['ts no-run', 'needs a reason'],
  ['ts no-run=short', 'needs a reason'],
  ['ts norun', '`norun` means nothing'],
  ['console cwd=elsewhere', '`cwd` can only be'],
  ['console', 'begins with'],
  ['js file', '`file` needs a value'],
  ['sql run', 'only ts and js can be run'],
])('a block that is neither run nor excused is refused: %s', (info, message) => {
  const refused = (): unknown => steps(fence('ts', 'one'), fence(info, info === 'console' ? 'two' : '$ two'))
  expect(refused).toThrow('line 5: ')
  expect(refused).toThrow(message)
})

test('what is done with each kind of block', () => {
  const found = steps(
    fence('ts file=a.ts', 'a'),
    fence('ts', 'b'),
    fence('ts run', 'c'),
    fence('text output', 'd'),
    fence('sh', 'e'),
    fence('json', '6'),
    fence('ts no-run="it needs a lease"', 'g'),
  )
  expect(found.map((step) => step.do)).toEqual([
    'write',
    'write',
    'run',
    'nothing',
    'talk',
    'parse',
    'nothing',
  ])
  expect(found[1]).toMatchObject({ file: 'line-5.ts' })
  expect(found[2]).toMatchObject({ file: 'line-9.ts', text: 'c', output: 'd' })
})
