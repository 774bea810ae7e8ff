// Compiles packages/fulcrum when a source is newer than what was compiled; says nothing and takes milliseconds otherwise.
import { buildIfStale } from './lib/build.mjs'

process.exit(await buildIfStale())
