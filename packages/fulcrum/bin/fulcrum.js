#!/usr/bin/env node
// Plain JavaScript for any Node: says what is missing before anything newer is loaded.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `fulcrum needs Node >= 22.19 and was started with ${process.version} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org or with your version manager, then try again.',
  )
  process.exitCode = 1
} else {
  import('../dist/cli/main.js').then(({ main }) => main(process.argv.slice(2)), notLoaded)
}

/** @param {Error & { code?: string }} error */
function notLoaded(error) {
  const isMissing = error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('/dist/cli/main.js')
  console.error(isMissing ? 'fulcrum is not built: run `npm run build` in its checkout.' : error)
  process.exitCode = 1
}
