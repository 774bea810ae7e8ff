// What an editor shows for a signature is what the compiler writes into its declaration: it has to be readable.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** The declaration file of one file of this folder. */
async function declarationOf(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-hovers-'))
  try {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: root,
        outDir: folder,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files: [join(root, 'test/types', `${name}.ts`)],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    await promisify(execFile)(process.execPath, [tsc, '-p', folder])
    return await readFile(join(folder, 'test/types', `${name}.d.ts`), 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}

function declared(text: string, name: string): string {
  const start = text.indexOf(`export declare const ${name}:`)
  return text.slice(start, text.indexOf(';\nexport', start) + 1)
}

it('shows signatures as plain types', async () => {
  const text = await declarationOf('profiles')
  expect(declared(text, 'getProfile')).toMatchInlineSnapshot(`
    "export declare const getProfile: import("fulcrum").Query<"profiles.get", {
        userId: string;
        since?: string | undefined;
    }, {
        userId: string;
        since?: number | undefined;
    }, {
        userId: string;
        visits?: number | undefined;
    }, {
        userId: string;
        visits: number;
    }, import("fulcrum").ErrorDeclaration<"profiles.Gone", undefined> | import("fulcrum").ErrorDeclaration<"profiles.NotFound", {
        userId: string;
    }>>;"
  `)
  expect(declared(text, 'updateProfile')).toMatchInlineSnapshot(`
    "export declare const updateProfile: import("fulcrum").Command<"profiles.update", {
        userId: string;
        name: string;
    }, {
        userId: string;
        name: string;
    }, {
        userId: string;
        visits?: number | undefined;
    }, {
        userId: string;
        visits: number;
    }, import("fulcrum").ErrorDeclaration<"profiles.NotFound", {
        userId: string;
    }>, import("fulcrum").EventDeclaration<"profiles.Updated", {
        userId: string;
        at: string;
    }, {
        userId: string;
        at: number;
    }>, never>;"
  `)
  expect(declared(text, 'NotFound')).toMatchInlineSnapshot(`
    "export declare const NotFound: import("fulcrum").ErrorDeclaration<"profiles.NotFound", {
        userId: string;
    }>;"
  `)
})
