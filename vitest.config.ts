import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const entries = fileURLToPath(new URL('./packages/fulcrum/src/entries', import.meta.url))

/** Tests run against the sources; what a user imports (`dist/`) is exercised by the process-level tests and by the shop. */
const alias = [
  { find: /^fulcrum$/, replacement: `${entries}/index.ts` },
  { find: /^fulcrum\/(.+)$/, replacement: `${entries}/$1.ts` },
]

export default defineConfig({
  resolve: { alias },
  test: {
    passWithNoTests: false,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['packages/fulcrum/src/**/*.test.ts', 'examples/shop/**/*.test.ts'],
          testTimeout: 30_000,
          // On virtual time nothing depends on how busy the machine is.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Real servers and processes on few cores: one test of hundreds may meet a pause of the machine. The report says which were repeated.
          retry: 1,
          // After the others, and as vitest chooses: a processor is left to the servers.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
