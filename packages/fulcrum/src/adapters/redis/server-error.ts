/** Where Redis 6 reports what failed within a script. */
const WITHIN_SCRIPT = /@user_script: ?\d+: (?:-|@[\w.]+ ?)?([A-Z]{2,}) /
const CODE = /^([A-Z]{2,})(?: |$)/

/** The word in capitals that an error reply begins with (Redis protocol specification, "Simple errors"); `undefined` for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = CODE.exec(error.message)?.[1]
  return code === 'ERR' ? (WITHIN_SCRIPT.exec(error.message)?.[1] ?? code) : code
}

/** Another server has what it had: a replica that was promoted, or a node of a cluster to which a slot is moved. */
const ELSEWHERE = ['READONLY', 'MOVED', 'ASK']

/** It answers, but is of no use now: loading its data, a replica without its primary, busy with somebody's script, a cluster that is not whole. */
const USELESS = [...ELSEWHERE, 'LOADING', 'MASTERDOWN', 'BUSY', 'CLUSTERDOWN', 'TRYAGAIN', 'UNBLOCKED']

/** It takes nothing more, and can be read from: out of memory, of disk, or of replicas. */
const FULL = ['OOM', 'MISCONF', 'NOREPLICAS']

/** It will not do what is asked, now or later, unless somebody changes its configuration or ours. */
const DENIED = ['NOPERM', 'NOAUTH', 'WRONGPASS', 'CROSSSLOT']
const DENIED_TEXT =
  /^ERR (?:invalid password|DB index|Client sent AUTH|AUTH <password>|SELECT is not allowed|unknown command|This instance has cluster support disabled|The user executing the script)/i

/** It says how to ask instead. */
const DETOURS = ['NOSCRIPT', 'MOVED', 'ASK']

export function isDetour(code: string | undefined): boolean {
  return code !== undefined && DETOURS.includes(code)
}

export function isElsewhere(code: string | undefined): boolean {
  return code !== undefined && ELSEWHERE.includes(code)
}

export function isUseless(code: string): boolean {
  return USELESS.includes(code)
}

export function isFull(code: string | undefined): boolean {
  return code !== undefined && FULL.includes(code)
}

export function isDenied(error: unknown): error is Error {
  const code = codeOf(error)
  return code !== undefined && (DENIED.includes(code) || DENIED_TEXT.test((error as Error).message))
}

/** One line. Connection errors of Node may come as an aggregate with an empty message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n')[0] ?? '').replace(/\.$/, '') || 'no reason given'
}
