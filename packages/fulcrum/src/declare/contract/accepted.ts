import { member } from './rule.ts'

/** The status of what was accepted and is not carried out yet (RFC 9110, 15.3.3). */
export const ACCEPTED = 202

/** Whether a contract, or what stands in its place, says that calls are answered before they are carried out. */
export function isAccepted(contract: unknown): boolean {
  return member(member(contract, 'throughput'), 'acknowledge') === 'accepted'
}
