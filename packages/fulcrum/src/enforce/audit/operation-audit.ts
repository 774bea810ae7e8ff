import { type Plan, stageOf } from '../../plan/plan.ts'
import type { AuditCounts, AuditOutcome } from '../../observe/audit-counts.ts'
import { compileInputKey, type InputKey } from '../cache/cache-key.ts'
import { isElsewhere } from '../cache/elsewhere.ts'
import type { Entry } from '../cache/entry.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import type { Call, Seen } from '../runtime/call.ts'
import type { CallScope } from '../runtime/call-scope.ts'
import { scopePrincipal } from '../runtime/scoped-principal.ts'
import type { Run, StageParts } from '../runtime/stage.ts'
import type { Auditor } from './auditor.ts'
import { type CachedSubject, EntryAudit, type Finding } from './entry-audit.ts'
import { Readings } from './readings.ts'
import { repair } from './repair.ts'
import { ReplicaAudit } from './replica-audit.ts'
import { reportOf } from './report.ts'
import { Sampling } from '../sampling.ts'
import type { Subject } from './subject.ts'

/** Index into `SOURCES`: what is further from the primary than this. */
const PRIMARY = 1

export interface AuditedParts {
  readonly scope: CallScope
  readonly plan: Plan
  readonly stages: StageParts
  readonly auditor: Auditor
}

/** Answers of one operation, looked at now and then. */
export interface Audit {
  /** Decides for each call. */
  readonly sampling: Sampling
  /** Answers the call, and then has a look at what it was answered. */
  readonly follow: Run
}

/** `undefined` where neither caches nor replicas may serve. */
export function auditOf(run: Run, parts: AuditedParts): Audit | undefined {
  const { plan, auditor } = parts
  const route = stageOf(plan, 'route')
  if (route === undefined || (parts.stages.cache === undefined && route.target === 'primary'))
    return undefined
  const audit = new OperationAudit(parts)
  const sampling = new Sampling(auditor.parts.share, auditor.parts.random)
  return { sampling, follow: (call, input) => audit.follow(call, input, run) }
}

/** A composed plan that decides by itself which of its calls are looked at. */
export function sampled(run: Run, { sampling, follow }: Audit): Run {
  return (call, input) => (sampling.isDue() ? follow(call, input) : run(call, input))
}

/** Looks at answers of one operation. */
class OperationAudit {
  readonly #parts: AuditedParts
  readonly #counts: AuditCounts
  readonly #readings: Readings
  readonly #entries: EntryAudit | undefined
  readonly #replicas: ReplicaAudit
  readonly #keyOf: InputKey

  constructor(parts: AuditedParts) {
    const { scope, plan, stages, auditor } = parts
    const { operation } = scope
    const { cache, caches, clock } = stages
    const readings = new Readings(parts)
    this.#parts = parts
    this.#counts = auditor.parts.counts(operation.name)
    this.#readings = readings
    this.#keyOf = compileInputKey(operation)
    this.#entries =
      cache && new EntryAudit({ operation: operation.name, plan, caches, cache, clock, auditor, readings })
    const bound = stageOf(plan, 'route')?.bounds.staleness ?? Infinity
    this.#replicas = new ReplicaAudit({ bound, clock, auditor, readings })
  }

  /** Answers the call, and then has a look at what it was answered. */
  async follow(call: Call, input: unknown, run: Run): Promise<unknown> {
    try {
      return await run(call, input)
    } finally {
      // What is late says so itself.
      const subject = call.degraded === undefined ? this.#subjectOf(call, input) : undefined
      if (subject !== undefined) this.#parts.auditor.begin(() => this.#audit(subject))
    }
  }

  /** `undefined`: neither a cache nor a replica has answered. */
  #subjectOf(call: Call, given: unknown): Subject | undefined {
    if (call.source <= PRIMARY) return undefined
    const input = this.#copyOf(given)
    return (
      input && (this.#parts.stages.cache === undefined ? this.#read(call, input) : this.#kept(call, input))
    )
  }

  #read({ principal, token }: Call, { input }: Copy): Subject {
    const tags = tagKeysOf(this.#parts.scope.operation)(input)
    return { input, key: '', tags, principal, token, entry: undefined }
  }

  #kept({ operation, principal, token, seen }: Call, { input }: Copy): Subject | undefined {
    const { cache } = this.#parts.stages
    if (cache === undefined || seen === undefined || !isEntry(seen) || isElsewhere(seen.label))
      return undefined
    const known = scopePrincipal(operation, cache.scope, principal)
    return { input, key: cache.key(input, principal), tags: seen.tags, principal: known, token, entry: seen }
  }

  /** The input is the caller's, who may change it while it is still needed here. What cannot be copied as it is, is not looked at. */
  #copyOf(given: unknown): Copy | undefined {
    try {
      const input: unknown = structuredClone(given)
      return this.#keyOf(input) === this.#keyOf(given) ? { input } : undefined
    } catch {
      return undefined
    }
  }

  async #audit(subject: Subject): Promise<void> {
    this.#counts.count(await this.#outcomeOf(subject))
  }

  async #outcomeOf(subject: Subject): Promise<AuditOutcome> {
    try {
      const finding = await this.#findingOf(subject)
      if (finding.outcome === 'violated' || finding.outcome === 'undeclared')
        await this.#act(subject, finding)
      return finding.outcome
    } catch {
      // The primary could not be read, the application closes, or the answer cannot be compared: nothing is known.
      return 'undecided'
    }
  }

  #findingOf(subject: Subject): Promise<Finding> {
    const { entry } = subject
    if (this.#entries !== undefined && entry !== undefined)
      return this.#entries.of({ ...subject, entry } satisfies CachedSubject)
    return this.#replicas.of(subject)
  }

  async #act(subject: Subject, finding: Finding): Promise<void> {
    const { scope, auditor, stages } = this.#parts
    auditor.parts.log(reportOf(scope.operation, subject, finding))
    if (subject.entry === undefined) return
    await repair(subject.tags, { ...auditor.parts, caches: stages.caches })
    await this.#readings.refill(subject)
  }
}

interface Copy {
  readonly input: unknown
}

/** What the label stage notes is no entry. */
function isEntry(seen: Seen): seen is Seen & Entry {
  return 'stored' in seen
}
