// Rules of this code base that oxlint does not have. Loaded by .oxlintrc.json.

/** `new Date()` and `Date()` read the clock of the machine; `new Date(value)` does not. */
const noAmbientDate = {
  create(context) {
    const report = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return
      if (node.type === 'NewExpression' && node.arguments.length > 0) return
      context.report({ node, message: 'Reads the clock of the machine. Take a Clock and use clock.wall().' })
    }
    return { NewExpression: report, CallExpression: report }
  },
}

/** Only the files behind the exports of the package pass on what other files declare. */
const noReExport = {
  create(context) {
    const report = (node) => {
      if (node.source) context.report({ node, message: 'Import it from the file that declares it.' })
    }
    return { ExportNamedDeclaration: report, ExportAllDeclaration: report }
  },
}

export default {
  meta: { name: 'fulcrum' },
  rules: { 'no-ambient-date': noAmbientDate, 'no-re-export': noReExport },
}
