// The rooms of packages/fulcrum/src and what each may import when it runs. Type-only imports and colocated tests are exempt: they
// leave nothing behind. `scripts/lint-imports.mjs` runs this and plants a violation of every rule to see that it is found.

import './scripts/lib/swc-using.mjs'

/** room → the rooms that it may import. */
export const ROOMS = {
  kernel: [],
  declare: ['kernel'],
  consistency: ['kernel'],
  ports: ['kernel', 'consistency'],
  plan: ['kernel', 'declare', 'consistency'],
  observe: ['kernel', 'ports'],
  protect: ['kernel', 'declare', 'ports'],
  enforce: ['kernel', 'declare', 'consistency', 'ports', 'plan', 'observe', 'protect'],
  adapters: ['kernel', 'consistency', 'ports'],
  http: ['kernel', 'declare', 'consistency', 'ports', 'plan', 'observe', 'enforce'],
  revisit: ['kernel', 'declare', 'ports', 'plan', 'observe'],
  change: ['kernel', 'declare', 'consistency', 'ports', 'plan', 'observe', 'enforce'],
  prove: ['kernel', 'declare', 'consistency', 'ports', 'enforce'],
  predict: ['kernel', 'declare', 'consistency', 'ports', 'plan', 'observe', 'enforce'],
  console: ['kernel', 'declare', 'plan', 'observe', 'enforce', 'revisit', 'change'],
  app: 'any but cli',
  cli: 'any',
  entries: 'any but cli',
}

const source = '^packages/fulcrum/src'
/** And what several of them share, which is not shipped either. */
const tests = '[.](test|fixture)[.]ts$'
const built = { dependencyTypesNot: ['type-only'] }

/** The rooms that `room` may import, itself included. Nothing imports the entries. */
export function allowed(room) {
  const rooms = Object.keys(ROOMS).filter((name) => name !== 'entries')
  const list = ROOMS[room]
  if (list === 'any') return [room, ...rooms]
  if (list === 'any but cli') return [room, ...rooms.filter((name) => name !== 'cli')]
  return [room, ...list]
}

function directionOf(room) {
  return {
    name: `${room}-imports`,
    comment: `${room}/ may import ${allowed(room).join(', ')}.`,
    severity: 'error',
    from: { path: `${source}/${room}/`, pathNot: tests },
    to: { path: `${source}/`, pathNot: `${source}/(${allowed(room).join('|')})/`, ...built },
  }
}

/** Rooms that a signature drags along into a browser. */
const PORTABLE = ['kernel', 'declare', 'consistency', 'plan']

/** What a browser imports. `scripts/lint-imports.mjs` follows every import from here: none may lead to a module of Node. */
export const PORTABLE_ENTRIES = [
  'packages/fulcrum/src/entries/index.ts',
  'packages/fulcrum/src/entries/client.ts',
]

const others = [
  {
    name: 'no-circular',
    comment: 'A cycle of imports makes the order of evaluation a matter of luck.',
    severity: 'error',
    from: { path: source, pathNot: tests },
    to: { circular: true, viaOnly: built },
  },
  {
    name: 'adapters-are-strangers',
    comment: 'An adapter never imports another one.',
    severity: 'error',
    from: { path: `${source}/adapters/([^/]+)/`, pathNot: tests },
    to: { path: `${source}/adapters/`, pathNot: `${source}/adapters/$1/`, ...built },
  },
  {
    name: 'portable-rooms-need-no-node',
    comment: 'Signatures are imported by browsers. Only the real clock and the real randomness need Node.',
    severity: 'error',
    from: { path: `${source}/(${PORTABLE.join('|')})/`, pathNot: [tests, '-(real|node)[.]ts$'] },
    to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'only-what-package-json-lists',
    comment: 'A user gets the dependencies and peers of the package, not what the workspace happens to have.',
    severity: 'error',
    from: { path: source, pathNot: tests },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
      dependencyTypesNot: ['npm', 'npm-peer', 'type-only'],
    },
  },
  {
    name: 'no-unresolvable',
    comment: 'The file or the package does not exist.',
    severity: 'error',
    from: { path: source },
    to: { couldNotResolve: true },
  },
]

export default {
  forbidden: [...Object.keys(ROOMS).map(directionOf), ...others],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
