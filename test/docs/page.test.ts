import { describe, expect, test } from 'vitest'
import { fence } from './fence.ts'
import { runPage } from './page.ts'

// The tests of pages are worth what this one shows: that a page which does not work is found out.

function follow(...blocks: string[]): Promise<void> {
  return runPage(blocks.join('\n'))
}

const one = fence('ts file=parts/one.ts', 'export const one: number = 1')

const server = fence(
  'ts file=server.ts',
  "import { createServer } from 'node:http'",
  '',
  "const server = createServer((_, response) => response.end('hello\\n')).listen(4000, '127.0.0.1', () => {",
  "  console.log('serves on 4000')",
  '})',
  "process.once('SIGINT', () => server.close(() => console.log('closed')))",
)

describe('a page that works', () => {
  test('files, types, programs and their output', async () => {
    const page = [
      one,
      fence('ts', "import { one } from './parts/one.ts'", 'export const two: number = one + 1'),
      fence('ts run', "import { one } from './parts/one.ts'", 'console.log(one)'),
      fence('text output', '1'),
      fence('console', '$ cd parts && ls', 'one.ts', '$ cat one.ts | wc -l', '…1'),
    ]
    await expect(follow(...page)).resolves.toBeUndefined()
  })

  test('something that goes on in the background, until ^C', async () => {
    const page = [
      server,
      fence('console background', '$ node server.ts', 'serves on 4000'),
      fence('console', '$ curl -s http://127.0.0.1:4000/', 'hello', '^C', 'closed'),
      fence('console exit=7', '$ curl -s http://127.0.0.1:4000/'),
    ]
    await expect(follow(...page)).resolves.toBeUndefined()
  })
})

describe('a page that does not work', () => {
  test('types that do not fit', async () => {
    const wrong = fence('ts file=one.ts', "export const one: number = 'one'")
    await expect(follow(wrong)).rejects.toThrow("Type 'string' is not assignable to type 'number'")
    await expect(follow(wrong, fence('console', '$ true'))).rejects.toThrow('line 4: ')
  })

  test('a program that prints something else, or fails', async () => {
    const prints = (text: string): string => fence('ts run', `console.log('${text}')`)
    const stated = fence('text output', 'a')
    await follow(prints('a'), stated)
    await expect(follow(prints('b'), stated)).rejects.toThrow('stated:\n  | a\nprinted:\n  | b')
    await expect(follow(fence('ts run', "throw new Error('no')"))).rejects.toThrow('exit code 1 instead of 0')
  })

  test.each([
    ['prints something else', fence('console', '$ echo a', 'b'), 'stated:\n  | b\nprinted:\n  | a'],
    ['fails', fence('console', '$ false'), 'exit code 1 instead of 0'],
    ['should fail', fence('console exit=1', '$ true'), 'exit code 0 instead of 1'],
    ['fails before the last', fence('console exit=1', '$ false', '$ false'), 'exit code 1 instead of 0'],
    ['fails as a script', fence('sh', 'exit 3'), 'exit code 3 instead of 0'],
    ['is late', fence('console background timeout=1', '$ echo a; sleep 30', 'b'), 'not within 1000 ms'],
    ['ends', fence('console background', '$ echo a', 'b'), 'it ended by itself'],
  ])('a command that %s', async (_, block, message) => {
    await expect(follow(block)).rejects.toThrow(message)
  })

  test('JSON and JavaScript that cannot be read', async () => {
    await expect(follow(fence('json', '{ "a": … }'))).rejects.toThrow('line 1: ')
    await expect(follow(fence('json file=a.json', '{ a: 1 }'))).rejects.toThrow('line 1: ')
    await expect(follow(fence('js file=a.js', 'const ='))).rejects.toThrow('SyntaxError')
  })

  test('a file outside of its folder', async () => {
    await expect(follow(fence('ts file=../a.ts', 'export {}'))).rejects.toThrow(
      'not in the folder of the page',
    )
  })
})
