import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** What can be told from a statement's text about where it may run. */
export interface TextTraits {
  readonly kind: 'question' | 'control' | 'session' | 'other'
  /** It changes its session beyond the end of the transaction, so the connection must not serve another call. */
  readonly isSticky: boolean
}

const START = String.raw`^(?:\s|--[^\n]*\n|/\*[^]*?\*/|\()*`
const QUESTION = new RegExp(String.raw`${START}(?:select|with|values|table|explain|show)\b`, 'i')
const CONTROL = new RegExp(
  String.raw`${START}(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b`,
  'i',
)
const SESSION = new RegExp(
  String.raw`${START}(?:set(?!\s+(?:local|constraints|transaction)\b)|reset|discard|prepare|deallocate|listen|unlisten|load|declare)\b`,
  'i',
)
const STICKY_FUNCTION = /\bset_config\s*\(|\bpg_(?:try_)?advisory_lock/i
/** `set_config(…, true)` ends with the transaction. */
const LOCAL_SETTING = /\bset_config\s*\([^;]*,\s*true\s*\)/i

/** Texts come from the program, but some programs write values into them. */
const MOST_TEXTS = 5_000
const known = new Map<string, TextTraits>()

/** Cautious where a text cannot be judged: what is not recognised as a question never shares a connection. */
export function textTraits(text: string): TextTraits {
  const traits = known.get(text)
  if (traits !== undefined) return traits
  if (known.size >= MOST_TEXTS) known.clear()
  const found = Object.freeze(judge(text))
  known.set(text, found)
  return found
}

function judge(text: string): TextTraits {
  if (CONTROL.test(text)) return { kind: 'control', isSticky: false }
  if (SESSION.test(text)) return { kind: 'session', isSticky: true }
  const isSticky = STICKY_FUNCTION.test(text) && !LOCAL_SETTING.test(text)
  return { kind: QUESTION.test(text) ? 'question' : 'other', isSticky }
}

/** @throws FUL-4006 for what begins or ends transactions, which is the runtime's business. */
export function refuseControl({ kind }: TextTraits, text: string, operation: string): void {
  if (kind !== 'control') return
  const reason = 'transactions begin and end with the operation'
  throw notAllowed(text, operation, reason)
}

/** @throws FUL-4006 for what a query cannot mean: it reads. */
export function refuseInReads(traits: TextTraits, text: string, operation: string): void {
  refuseControl(traits, text, operation)
  if (traits.kind === 'session') throw notAllowed(text, operation, 'it changes its session, which others use')
}

function notAllowed(text: string, operation: string, reason: string): Error {
  const allowed = 'statements that read or change data'
  return fulcrumError('FUL-4006', { found: text, reason, allowed }, { operation })
}
