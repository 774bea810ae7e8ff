import assert from 'node:assert/strict'
import { type ConformanceCase, freshKey, listen } from './case.ts'

/** Versions of the entries of operations. */
export const VERSIONS: readonly ConformanceCase[] = [
  {
    name: 'gives all instances one version of an operation, and another one to another operation when that is bumped',
    run: async ({ one, other }) => {
      const [operation, another] = [freshKey().id, freshKey().id]
      const version = await one.version(operation, 0)
      assert.ok(Number.isSafeInteger(version) && version > 0)
      assert.equal(await other.version(operation, 0), version)
      assert.equal(await other.version(operation, version), version)
      await one.bump(another, 0)
      assert.equal(await one.version(operation, version), version)
    },
  },
  {
    name: 'makes a greater version with each bump, whoever bumps',
    run: async ({ one, other }) => {
      const operation = freshKey().id
      const versions = [await one.version(operation, 0)]
      for (const instance of [one, other, other, one]) versions.push(await instance.bump(operation, 0))
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      )
      assert.equal(new Set(versions).size, versions.length)
      assert.equal(await other.version(operation, 0), versions.at(-1))
    },
  },
  {
    name: 'makes another version where it has forgotten one that somebody knows',
    run: async ({ one, other }) => {
      const operation = freshKey().id
      const known = (await one.version(operation, 0)) + 1_000_000_000
      const version = await one.version(operation, known)
      assert.ok(version > known)
      assert.equal(await other.version(operation, 0), version)
      assert.ok((await other.bump(operation, version + 5)) > version + 5)
    },
  },
  {
    name: 'tells all instances of a bump',
    run: async ({ one, other, until }) => {
      const heard = [listen(one), listen(other)]
      const operation = freshKey().id
      const version = await one.bump(operation, 0)
      const isTold = (messages: (typeof heard)[number]): boolean =>
        messages.some(
          (message) =>
            message.kind === 'bumped' && message.operation === operation && message.version === version,
        )
      await until(() => heard.every(isTold))
    },
  },
]
