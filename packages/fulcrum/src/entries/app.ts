export type {
  Address,
  App,
  AppState,
  CallOptions,
  ListenOptions,
  PlannedOperation,
  Readiness,
} from '../app/app.ts'
export { checkApp } from '../app/boot.ts'
export {
  type AppConfig,
  type AuditConfig,
  defineConfig,
  type Environment,
  type JobsConfig,
  type Service,
  type StoreOption,
} from '../app/config.ts'
export { type AppDependencies, createApp } from '../app/create-app.ts'
export type { EventsConfig, EventsOfApp } from '../app/events.ts'
export type { InternalConfig } from '../app/internal-config.ts'
export type { DeadPage, JobsOfApp } from '../app/jobs.ts'
export type { Session } from '../app/session.ts'
export type { SessionConfig } from '../app/session-config.ts'
export type { RunsPage, ShownStep, StepsConfig, StepsOfApp } from '../app/steps.ts'
export type { SessionCookie } from '../http/gateway/session/cookie-settings.ts'
export { remote, type RemoteDatabase, type RemoteDefinition } from '../declare/remote.ts'
export { wrap, type WrapCall, type WrapContext, type WrapContract, type WrapOptions } from '../app/wrap.ts'
export type { CloudEvent } from '../enforce/messaging/cloud-event.ts'
export type { Acceptance } from '../enforce/messaging/foreign-events.ts'
export type { HotKey } from '../enforce/cache/key-traffic.ts'
export type { AuditOutcome, AuditReport } from '../observe/audit-counts.ts'
export type { DeadJob, QueueDepth } from '../ports/queue.ts'
export type { RunState, ShownRun } from '../ports/step-log.ts'
export type { DeadLetter, SubscriptionCounts } from '../ports/subscriptions.ts'
