import {
  AliasNode,
  type CompiledQuery,
  type OperationNode,
  PostgresQueryCompiler,
  type QueryId,
  type RootOperationNode,
  type SchemableIdentifierNode,
  type TableNode,
  type WithNode,
} from 'kysely'

type NodeKind = OperationNode['kind']

/** Where a table node names a table, rather than refers to one that the query has already named. */
const NAMES_A_TABLE: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'FromNode',
  'JoinNode',
  'UsingNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
  'RawNode',
  'ReferencesNode',
])

/**
 * Compiles queries whose tables are named without a schema for the schema of a module: `from profile` becomes `from "profiles"."profile"`.
 * `WithSchemaPlugin` does the same with another pass over the whole tree of every query; here it costs a look at the parent of each table.
 *
 * References such as `profile.user_id` stay as they are: PostgreSQL resolves them by the name in FROM. A common table expression hides the table
 * of its name, within the query that it belongs to.
 */
export class SchemaCompiler extends PostgresQueryCompiler {
  readonly #schema: string
  /** Names of the common table expressions of each query that has some. Only those of queries that the visitor is in count. */
  readonly #expressions = new Map<OperationNode, ReadonlySet<string>>()

  constructor(schema: string) {
    super()
    this.#schema = schema
  }

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#expressions.clear()
    return super.compileQuery(node, queryId)
  }

  protected override visitWith(node: WithNode): void {
    const query = this.nodeStack.at(-2) as OperationNode
    this.#expressions.set(
      query,
      new Set(node.expressions.map(({ name }) => name.table.table.identifier.name)),
    )
    super.visitWith(node)
  }

  protected override visitTable(node: TableNode): void {
    if (this.#isOfTheModule(node.table) && this.#namesATable()) {
      this.append(this.getLeftIdentifierWrapper())
      this.append(this.sanitizeIdentifier(this.#schema))
      this.append(this.getRightIdentifierWrapper())
      this.append('.')
    }
    super.visitTable(node)
  }

  #isOfTheModule({ schema, identifier }: SchemableIdentifierNode): boolean {
    if (schema !== undefined) return false
    return !this.nodeStack.some((node) => this.#expressions.get(node)?.has(identifier.name))
  }

  /** The last of the stack is the table itself; an alias stands between it and what names it. */
  #namesATable(): boolean {
    const [parent, grandparent] = [this.nodeStack.at(-2), this.nodeStack.at(-3)]
    const naming = parent !== undefined && AliasNode.is(parent) ? grandparent : parent
    return naming !== undefined && NAMES_A_TABLE.has(naming.kind)
  }
}
