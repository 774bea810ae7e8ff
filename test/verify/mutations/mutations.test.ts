import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SMALL_BOUNDS } from '../driver/bounds.ts'
import { BUILT } from '../driver/package-copy.ts'
import { COVERED } from './covered.ts'
import { MUTATIONS } from './mutations.ts'

it.each([...MUTATIONS, ...COVERED])('what is to be broken stands there once: $name', ({ edits }) => {
  const texts = new Map<string, string>()
  for (const { file, find, replace } of [...SMALL_BOUNDS, ...edits]) {
    const text = texts.get(file) ?? readFileSync(join(BUILT, file), 'utf8')
    expect(text.split(find), `${file}: ${find}`).toHaveLength(2)
    texts.set(
      file,
      text.replace(find, () => replace),
    )
  }
})
