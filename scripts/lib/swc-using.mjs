// dependency-cruiser walks the syntax tree of swc with swc's own Visitor, which stops at `using` declarations (JavaScript's explicit
// resource management). Here they are visited as what they are: declarations of variables.
import swc from '@swc/core/Visitor.js'

// oxlint-disable-next-line typescript/no-deprecated -- what dependency-cruiser uses
const { prototype } = swc.Visitor
const visitStatement = prototype.visitStatement

prototype.visitStatement = function visit(statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) }
}
