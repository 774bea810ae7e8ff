import { routeOf } from '../../declare/define.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { ERRORS, type ErrorCode } from '../../kernel/errors/table.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import { legalName } from './component-names.ts'
import type { Parameter } from './input-parts.ts'
import { fromEntries, type JsonSchemaNode } from './json-schema.ts'
import {
  type DescribedOperation,
  moduleOf,
  type OperationObject,
  operationObject,
  PARAMETERS,
} from './operation-object.ts'
import { mergePaths } from './paths.ts'
import { declaredErrorSchema, ownErrorSchema, PROBLEM, PROBLEM_SCHEMA } from './problem-schemas.ts'
import { type Header, RESPONSE_HEADERS } from './responses.ts'
import { schemaRegistry, type SchemaRegistry } from './schema-registry.ts'
import { errorsOf, type SchemaSource, sourcesOf } from './schema-source.ts'
import { usedComponents } from './used-components.ts'

/** What an API is called (OpenAPI 3.1.1, 4.8.2). */
export interface OpenApiInfo {
  readonly title: string
  /** The version of the API, not of OpenAPI. */
  readonly version: string
  readonly summary?: string
  /** CommonMark. */
  readonly description?: string
}

/** One operation of a path, by method in lower case. */
export type PathItem = Readonly<Record<string, OperationObject>>

export interface OpenApiComponents {
  readonly schemas: Readonly<Record<string, JsonSchemaNode>>
  readonly headers: Readonly<Record<string, Header>>
  readonly parameters: Readonly<Record<string, Parameter>>
}

/** An OpenAPI 3.1 document, as far as Fulcrum writes it. Plain JSON data. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: OpenApiInfo
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: OpenApiComponents
}

export interface OpenApiInput {
  /** Operations without a route are left out. */
  readonly operations: readonly { readonly operation: AnyOperation; readonly plan: Plan }[]
  readonly info: OpenApiInfo
  /** The application gives out session tokens. Default: where an operation has a session level. */
  readonly hasSessions?: boolean
}

/**
 * Describes an application as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1). Pure, and equal for equal applications: the order of
 * operations does not matter. Contracts appear in prose (`description`) and as data (`x-fulcrum`). Where a schema's library cannot express it
 * as JSON Schema, an empty schema says so.
 */
export function openapiDocument({
  operations,
  info,
  hasSessions = operations.some(({ plan }) => stageOf(plan, 'session') !== undefined),
}: OpenApiInput): OpenApiDocument {
  const described = operations.flatMap((each) => describe(each, hasSessions)).toSorted(byName)
  const sources = described.flatMap(({ sources: { input, output, errors } }) => [input, output, ...errors])
  const registry = schemaRegistry(unique(sources), [
    PROBLEM,
    ...Object.keys(ERRORS),
    ...errorNames(described),
  ])
  const paths = mergePaths(
    described.map((each) => ({ route: each.route, object: operationObject(each, registry) })),
  )
  const schemas = { ...problemSchemas(described, registry), ...registry.components }
  const components = usedComponents(paths, { schemas, headers: RESPONSE_HEADERS, parameters: PARAMETERS })
  const modules = [...new Set(described.map(({ operation }) => moduleOf(operation)))]
  return { openapi: '3.1.1', info, tags: modules.toSorted().map((name) => ({ name })), paths, components }
}

function describe(
  { operation, plan }: OpenApiInput['operations'][number],
  hasSessions: boolean,
): DescribedOperation[] {
  const route = routeOf(operation)
  return route === undefined ? [] : [{ operation, plan, route, sources: sourcesOf(operation), hasSessions }]
}

function byName(a: DescribedOperation, b: DescribedOperation): number {
  return a.operation.name < b.operation.name ? -1 : 1
}

/** Several operations declare the same error. */
function unique(sources: readonly (SchemaSource | undefined)[]): SchemaSource[] {
  const present = sources.filter((source) => source !== undefined)
  return [...new Map(present.map((source) => [`${source.side} ${source.owner}`, source])).values()]
}

function errorNames(described: readonly DescribedOperation[]): string[] {
  return described.flatMap(({ operation }) => errorsOf(operation).map(({ name }) => legalName(name)))
}

function problemSchemas(
  described: readonly DescribedOperation[],
  registry: SchemaRegistry,
): Record<string, JsonSchemaNode> {
  const own = (Object.keys(ERRORS) as ErrorCode[]).map((code) => [code, ownErrorSchema(code)] as const)
  const declared = described.flatMap(({ operation, sources }) =>
    errorsOf(operation).map((error, index) => {
      return [legalName(error.name), declaredErrorSchema(error, sources.errors[index], registry)] as const
    }),
  )
  return fromEntries([[PROBLEM, PROBLEM_SCHEMA], ...own, ...declared])
}
