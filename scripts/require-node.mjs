// Every npm script runs on the Node that the workspace brings along (devDependency `node`). Its binary comes
// from an install script that some package managers block, so say what to do instead of failing obscurely later.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    [
      `fulcrum needs Node >= 22.19; this script runs on ${process.version} (${process.execPath}).`,
      'The workspace installs Node 24 for itself. Its install script seems to have been blocked. Either',
      '  - run: npm rebuild node --foreground-scripts   (or: node scripts/prepare.mjs)',
      '  - or put Node >= 22.19 on your PATH and try again.',
    ].join('\n'),
  )
  process.exit(1)
}
