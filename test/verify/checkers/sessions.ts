import type { Operation, Value } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { Knowledge, raise, raiseAll } from './knowledge.ts'
import { PROMISES, type Promises } from './promises.ts'
import { shown, timeline } from './timeline.ts'
import type { Violation } from './violation.ts'

/** What a read had to show when it began. */
interface Due {
  readonly versions: readonly number[]
  /** Items of which its session knew something that was lost. */
  readonly lost: readonly number[]
}

/**
 * What sessions know of, and what they are shown: their own writes; nothing of an item that is older than what they have seen of it; and, where the
 * level is causal, what those knew of who wrote what they have seen, and all that was written together with it.
 *
 * What only reads with a weaker level have shown counts for nothing: no token says so.
 */
export class SessionChecker {
  readonly #keys: number
  /** What the session of each write knew when it wrote. */
  readonly #causes = new Map<number, Uint32Array>()
  #sessions = new Map<number, Knowledge>()

  constructor(keys: number) {
    this.#keys = keys
  }

  /** Sessions end with the operations that are handed over. */
  check(operations: readonly Operation[], truth: Truth): Violation[] {
    this.#sessions = new Map()
    const found: Violation[] = []
    const due = new Map<Operation, Due>()
    for (const { isEnd, operation } of timeline(operations)) {
      const known = this.#of(operation.session)
      if (!isEnd) this.#begin(operation, known, due)
      else {
        found.push(...judge(operation, truth, due.get(operation)))
        this.#end(operation, known, truth)
      }
    }
    return found
  }

  #of(session: number): Knowledge {
    const known = this.#sessions.get(session) ?? new Knowledge(this.#keys)
    this.#sessions.set(session, known)
    return known
  }

  #begin(operation: Operation, known: Knowledge, due: Map<Operation, Due>): void {
    if (operation.kind === 'write' && operation.writer !== undefined)
      this.#causes.set(operation.writer, everything(known))
    const promises = PROMISES.get(operation.operation)
    if (promises !== undefined && promises.session !== 'none')
      due.set(operation, dueOf(operation, known, promises))
  }

  #end(operation: Operation, known: Knowledge, truth: Truth): void {
    if (operation.reset === true) known.forgive()
    const isWrite = operation.kind === 'write'
    if (!isWrite && !remembersSights(operation)) return
    for (const [key, value] of shown(operation)) {
      const placed = truth.place(key, value)
      if (placed === undefined) continue
      raise(isWrite ? known.wrote : known.saw, key, placed.version)
      if (placed.isLost) (isWrite ? known.lostWrites : known.lostSights).add(key)
      else if (!isWrite) this.#hear(known, truth, value)
    }
  }

  #hear({ heard }: Knowledge, truth: Truth, { writer }: Value): void {
    const causes = this.#causes.get(writer)
    if (causes !== undefined) raiseAll(heard, causes)
    for (const { key, version } of truth.of(writer)) raise(heard, key, version)
  }
}

function remembersSights({ operation }: Operation): boolean {
  const { session } = PROMISES.get(operation) ?? {}
  return session === 'monotonic' || session === 'causal'
}

function everything({ wrote, saw, heard }: Knowledge): Uint32Array {
  const all = wrote.slice()
  raiseAll(all, saw)
  raiseAll(all, heard)
  return all
}

function dueOf({ keys }: Operation, known: Knowledge, { session }: Promises): Due {
  const parts =
    session === 'causal'
      ? [known.wrote, known.saw, known.heard]
      : session === 'monotonic'
        ? [known.wrote, known.saw]
        : [known.wrote]
  const lost = session === 'read-your-writes' ? [known.lostWrites] : [known.lostWrites, known.lostSights]
  return {
    versions: keys.map((key) => Math.max(...parts.map((part) => part[key] as number))),
    lost: keys.filter((key) => lost.some((set) => set.has(key))),
  }
}

function judge(operation: Operation, truth: Truth, due: Due | undefined): Violation[] {
  if (due === undefined) return []
  const check = PROMISES.get(operation.operation)?.session ?? 'none'
  return [...shown(operation)].flatMap(([key, value]): Violation[] => {
    const placed = truth.place(key, value)
    if (placed === undefined) return []
    const needed = due.versions[operation.keys.indexOf(key)] as number
    const says = `k${key}@${placed.version} where k${key}@${needed} was due`
    if (placed.version < needed) return [{ check, says, operation }]
    const isSilent = due.lost.includes(key) && !placed.isLost && operation.reset !== true
    return isSilent ? [{ check, says: `something of k${key} was lost, and nobody said so`, operation }] : []
  })
}
