export { command, type Command, type CommandDefinition } from '../declare/command.ts'
export type * from '../declare/context.ts'
export type * from '../declare/contract/contract.ts'
export type * from '../declare/contract/vocabulary.ts'
export type { DbHandle, Rows, Sql } from '../declare/db.ts'
export {
  DomainError,
  error,
  isDomainError,
  type ErrorData,
  type ErrorDeclaration,
  type ErrorDefinition,
} from '../declare/error.ts'
export { event, type EventDeclaration, type EventOptions } from '../declare/event.ts'
export type { CheckedRoute, HttpMethod } from '../declare/http-route.ts'
export { job, type Job, type JobDefinition } from '../declare/job.ts'
export type { Migration, MigrationSource } from '../declare/migration.ts'
export {
  module,
  type BatchAnswers,
  type BatchForm,
  type Binding,
  type EventHandler,
  type EventsForm,
  type Forms,
  type Handler,
  type Many,
  type Module,
  type ModuleDefinition,
  type On,
} from '../declare/module.ts'
export type {
  AnyOperation,
  CommandSignature,
  JobSignature,
  Operation,
  OperationKind,
  QuerySignature,
} from '../declare/operation.ts'
export {
  importReport,
  ndjson,
  type ImportReport,
  type RefusedRow,
  type RowStream,
  type RowsSchema,
} from '../declare/ndjson.ts'
export type { Principal, PrincipalResolver, RequestFacts } from '../declare/principal.ts'
export type { Outcome } from '../declare/outcome.ts'
export {
  projection,
  type Projection,
  type ProjectionContext,
  type ProjectionDefinition,
  type ProjectionForm,
  type SeedContext,
} from '../declare/projection.ts'
export { query, type Query, type QueryDefinition } from '../declare/query.ts'
export type { InputOf, OutputOf, Schema } from '../declare/schema.ts'
export type { Subscriber, SubscriberTerms } from '../declare/subscriber.ts'
export type { CallStepOptions, Step, StepOptions, StepsContext, Undo } from '../declare/steps.ts'
export { tag, type Tag, type TagDeclaration } from '../declare/tag.ts'
export type { Duration } from '../kernel/duration.ts'
export { type FulcrumError, isFulcrumError } from '../kernel/errors/fulcrum-error.ts'
