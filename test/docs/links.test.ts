import { expect, test } from 'vitest'
import { anchorsOf, brokenLinks } from './links.ts'
import { everyPage, proseOf } from './markdown.ts'

test.each(everyPage())('every link of %s leads somewhere', (path) => {
  expect(brokenLinks(path)).toEqual([])
})

test('anchors are those that GitHub makes', () => {
  const page =
    '# A `fulcrum.config.ts`: what?\n## FUL-1001 UnknownField\n## Twice\n```sh\n# no\n```\n## Twice\n### [b c](d.md)'
  expect(anchorsOf(page)).toEqual([
    'a-fulcrumconfigts-what',
    'ful-1001-unknownfield',
    'twice',
    'twice-1',
    'b-c',
  ])
})

test('code and comments hold no links', () => {
  expect(proseOf('a `[b](c)` d\n```ts\n[e](f)\n```\ng <!-- [h](i) -->')).toBe('a  d\n\n\n\ng ')
})
