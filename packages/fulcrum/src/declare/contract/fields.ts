import type { Field, TermsKind } from './field.ts'
import { DELIVERING } from './fields/delivering.ts'
import { FACTS } from './fields/facts.ts'
import { READING } from './fields/reading.ts'
import { SERVING } from './fields/serving.ts'
import { STEPPING } from './fields/stepping.ts'
import { WRITING } from './fields/writing.ts'

/** Every field of the contract: what contracts are checked against, and what the reference page is rendered from. */
export const CONTRACT_FIELDS: readonly Field[] = Object.freeze([
  ...READING,
  ...WRITING,
  ...STEPPING,
  ...DELIVERING,
  ...SERVING,
  ...FACTS,
])

/** The fields of one group: the group's own row, where it is a field itself, and those of its members by name. */
export interface FieldGroup {
  readonly self: Field | undefined
  readonly members: ReadonlyMap<string, Field>
}

export const FIELD_GROUPS: ReadonlyMap<string, FieldGroup> = groupFields(CONTRACT_FIELDS)

function groupFields(fields: readonly Field[]): ReadonlyMap<string, FieldGroup> {
  const byGroup = Map.groupBy(fields, (field) => groupOf(field.path))
  return new Map(
    Array.from(byGroup, ([group, rows]) => {
      const members = rows.filter(({ path }) => path !== group)
      const self = rows.find(({ path }) => path === group)
      return [
        group,
        { self, members: new Map(members.map((field) => [field.path.slice(group.length + 1), field])) },
      ]
    }),
  )
}

/** `transaction` of `transaction.isolation`. */
export function groupOf(path: string): string {
  return path.split('.', 1)[0] as string
}

/** The kinds that have any field of a group. */
export function kindsOf({ self, members }: FieldGroup): readonly TermsKind[] {
  return [...new Set([...(self?.kinds ?? []), ...[...members.values()].flatMap(({ kinds }) => kinds)])]
}
