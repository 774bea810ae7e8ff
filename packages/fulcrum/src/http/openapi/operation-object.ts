import type { EventDeclaration } from '../../declare/event.ts'
import type { HttpRoute } from '../../declare/http-route.ts'
import type { AnyOperation, OperationKind } from '../../declare/operation.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import { type Fact, factsOf } from '../../plan/facts.ts'
import { CONSISTENCY_PARAMETERS, type ConsistencyFacts, consistencyOf } from './consistency.ts'
import { fromEntries } from './json-schema.ts'
import { inputParts, type Parameter, type RequestBody } from './input-parts.ts'
import { plainData } from './plain-data.ts'
import { type Reference, type Response, responsesOf } from './responses.ts'
import type { SchemaRegistry } from './schema-registry.ts'
import type { OperationSources } from './schema-source.ts'

/** What Fulcrum knows of an operation beyond OpenAPI: the extension `x-fulcrum`. */
export interface OperationExtension {
  readonly kind: OperationKind
  /** What the contract means, in prose. */
  readonly facts: readonly Fact[]
  /** As declared; functions and signatures by name. */
  readonly contract: unknown
  /** How it is carried out, outermost first, each stage with its settings and the reason that it is there. */
  readonly stages: readonly unknown[]
  /** Stages that are not there, with the reason. */
  readonly absent: readonly unknown[]
  readonly emits: readonly string[]
}

/** OpenAPI's Operation Object (OpenAPI 3.1.1, 4.8.10). */
export interface OperationObject {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly parameters: readonly (Parameter | Reference)[]
  readonly requestBody?: RequestBody
  readonly responses: Readonly<Record<string, Response>>
  readonly 'x-fulcrum': OperationExtension
}

export interface DescribedOperation {
  readonly operation: AnyOperation
  readonly plan: Plan
  readonly route: HttpRoute
  readonly sources: OperationSources
  /** The application gives out session tokens. */
  readonly hasSessions: boolean
}

export function operationObject(described: DescribedOperation, registry: SchemaRegistry): OperationObject {
  const { operation, plan, route, sources, hasSessions } = described
  const { parameters, body } = inputParts(route, sources.input, registry)
  const facts = factsOf(operation, plan)
  const consistency = consistencyOf({ operation, plan, method: route.method, hasSessions })
  const answers = { operation, plan, output: sources.output, takesBody: body !== undefined, consistency }
  return {
    operationId: operation.name,
    tags: [moduleOf(operation)],
    ...(operation.summary !== undefined && { summary: operation.summary }),
    ...(facts.length > 0 && { description: prose(facts) }),
    parameters: [...parameters, ...headerParameters(plan, consistency)],
    ...(body !== undefined && { requestBody: body }),
    responses: responsesOf(answers, registry),
    'x-fulcrum': extension(operation, plan, facts),
  }
}

export function moduleOf({ name }: AnyOperation): string {
  return name.slice(0, Math.max(0, name.indexOf('.'))) || name
}

/** Facts as Markdown (CommonMark, which OpenAPI asks for). */
function prose(facts: readonly Fact[]): string {
  return facts
    .map(
      ({ topic, promise, cost }) =>
        `**${topic}.** ${promise}${cost === undefined ? '' : ` *Gives up:* ${cost}`}`,
    )
    .join('\n\n')
}

export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  'Fulcrum-Deadline': {
    name: 'Fulcrum-Deadline',
    in: 'header',
    description:
      "How long the caller is going to wait, such as `250ms` or `1.5s`. The operation's own deadline holds where it is shorter.",
    schema: { type: 'string' },
  },
  ...fromEntries(
    Object.entries(CONSISTENCY_PARAMETERS).map(([name, described]) => [
      name,
      { name, in: 'header' as const, ...described },
    ]),
  ),
}

const IF_MATCH: Omit<Parameter, 'required'> = {
  name: 'If-Match',
  in: 'header',
  description: 'The `ETag` of what the caller has seen; another current version is answered with 412.',
  schema: { type: 'string' },
}

/** The page replaces it: whoever copies two requests does not mean one call. */
export const EXAMPLE_KEY = '8e03978e-40d5-43e8-bc93-6894a57f9324'

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'What makes two requests the same call, such as a UUID: 1 to 255 characters, bare or quoted. Repeat a request that was not answered with the same key.',
  schema: { type: 'string', examples: [EXAMPLE_KEY] },
}

function headerParameters(plan: Plan, { parameters }: ConsistencyFacts): readonly (Parameter | Reference)[] {
  const ifMatch = plan.stages.find((stage) => stage.stage === 'precondition')?.ifMatch ?? false
  const precondition = ifMatch === false ? [] : [{ ...IF_MATCH, ...(ifMatch === true && { required: true }) }]
  const key = stageOf(plan, 'idempotency')?.key === 'header' ? [IDEMPOTENCY_KEY] : []
  const names = ['Fulcrum-Deadline', ...parameters]
  return [...key, ...precondition, ...names.map((name) => ({ $ref: `#/components/parameters/${name}` }))]
}

function extension(operation: AnyOperation, plan: Plan, facts: readonly Fact[]): OperationExtension {
  return {
    kind: operation.kind,
    facts,
    contract: plainData(operation.contract),
    stages: plan.stages.map(plainData),
    absent: plan.absent.map(plainData),
    emits: (operation.emits as readonly EventDeclaration[]).map(({ name }) => name),
  }
}
