// Every npm script runs on the Node that the workspace brings along (devDependency `node`). Its binary comes
// from an install script that some package managers block, so say what to do instead of failing obscurely later.
import { OLDEST, suffices } from './lib/node-version.mjs'

if (!suffices(process.version)) {
  console.error(
    [
      `fulcrum needs Node >= ${OLDEST.join('.')}; this script runs on ${process.version} (${process.execPath}).`,
      'The workspace brings Node 24 along, but its install script seems to have been blocked. Either',
      '  - run: node scripts/prepare.mjs',
      `  - or put Node >= ${OLDEST.join('.')} on your PATH and try again.`,
    ].join('\n'),
  )
  process.exit(1)
}
