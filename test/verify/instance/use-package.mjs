// Has an instance load the package from a folder that is laid out like `packages/fulcrum/dist`: `node --import …`, with VERIFY_PACKAGE.
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = process.env['VERIFY_PACKAGE']

registerHooks({
  resolve(specifier, context, next) {
    const [, entry] = /^fulcrum(?:\/(.+))?$/.exec(specifier) ?? []
    if (entry === undefined && specifier !== 'fulcrum') return next(specifier, context)
    const url = pathToFileURL(join(folder, 'entries', `${entry ?? 'index'}.js`)).href
    return { url, shortCircuit: true }
  },
})
