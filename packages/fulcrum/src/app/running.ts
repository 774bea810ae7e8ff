import type { Auditor } from '../enforce/audit/auditor.ts'
import type { Loss } from '../enforce/batch/acceptance.ts'
import type { Caches } from '../enforce/cache/caches.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Runs } from '../enforce/steps/runs.ts'
import type { TokenSigner } from '../enforce/session/token-signer.ts'
import { createGateway, type Gateway } from '../http/gateway/gateway.ts'
import { openapiPage } from '../http/openapi/page.ts'
import { openapiDocument } from '../http/openapi/document.ts'
import type { ApiDocument } from '../http/gateway/system-routes.ts'
import type { Metrics } from '../observe/metrics.ts'
import { answeringPlan } from '../plan/plan.ts'
import type { Readiness } from './app.ts'
import type { ApplicationEvents } from './application-events.ts'
import type { ApplicationJobs } from './application-jobs.ts'
import { ApplicationRemotes } from './application-remotes.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { logFailure, logLoss } from './log-failure.ts'
import { runningOperations } from './running-operations.ts'
import { Sessions } from './session.ts'
import { usesSessions } from './session-config.ts'
import type { HeldStore } from './store-option.ts'

/** What exists once an application runs. */
export interface Running {
  readonly runtime: Runtime
  readonly gateway: Gateway
  readonly sessions: Sessions
  readonly caches: Caches
}

export interface RunningParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
  readonly held: HeldStore | undefined
  readonly events: ApplicationEvents
  readonly jobs: ApplicationJobs
  readonly runs: Runs | undefined
  readonly remotes: ApplicationRemotes
  readonly caches: Caches
  readonly metrics: Metrics
  readonly auditor: Auditor | undefined
  /** `undefined` in an application without sessions. */
  readonly signer: TokenSigner | undefined
  readonly readiness: () => Readiness
}

/** Composes the operations and the HTTP interface on a started store. */
export async function composeRunning(parts: RunningParts): Promise<Running> {
  const { config, booted, clock, random, held, jobs, caches, metrics, signer, readiness, log } = parts
  const store = held?.store
  const { enqueuer } = jobs
  const lost = (loss: Loss): void => log(logLoss(loss))
  const { outgoing, projections } = parts.events
  const { idempotencyLog, importLog } = held ?? {}
  const runtime = await runningOperations(booted, {
    ...parts,
    store,
    outgoing,
    projections,
    idempotencyLog,
    importLog,
    enqueuer,
    observer: metrics,
    lost,
    remotes: parts.remotes.ports,
    remoteTokens: ApplicationRemotes.tokens(signer),
  })
  jobs.compose(runtime)
  const gateway = createGateway({
    runtime,
    clock,
    random,
    principal: config.principal,
    settings: config.http,
    session: signer && { signer, cookie: config.session?.cookie },
    log: { failed: (failure) => log(logFailure(failure)) },
    ready: readiness,
    metrics: () =>
      metrics.render({
        nodes: store?.nodes() ?? [],
        inFlight: runtime.inFlight,
        localCache: caches.local.state,
        keyTraffic: caches.traffic,
        sharedCache: caches.shared,
        jobs: jobs.state,
        events: parts.events.counts,
      }),
    openapi: () => apiDocument(config, booted),
  })
  return { runtime, gateway, sessions: new Sessions(signer), caches }
}

function apiDocument({ name, version, session }: AppConfig, { operations }: Booted): ApiDocument {
  const info = { title: name ?? 'Fulcrum application', version: version ?? '0.0.0' }
  const hasSessions = usesSessions(session, operations)
  // Where an operation is answered makes no difference to its callers.
  const answered = operations.map((each) => ({ ...each, plan: answeringPlan(each.plan) }))
  const document = openapiDocument({ operations: answered, info, hasSessions })
  return { json: JSON.stringify(document), ...openapiPage(document) }
}
