/** A Sync: with it a question is complete. */
const SYNC = 'S'
/** The type of a message, and its length, which counts itself (manual, 55.7). */
const HEAD = 5

/** A message from a client to PostgreSQL, and where it is in what was sent at once. */
export interface FrontendMessage {
  readonly type: string
  readonly at: number
  readonly end: number
  readonly body: Buffer
}

/** The messages in what a client of PostgreSQL has sent at once. None where that is not all whole messages, as when a connection begins. */
export function messagesOf(chunk: Buffer): readonly FrontendMessage[] {
  const messages: FrontendMessage[] = []
  let at = 0
  while (at + HEAD <= chunk.length) {
    const end = at + 1 + chunk.readUInt32BE(at + 1)
    const type = String.fromCharCode(chunk[at] as number)
    messages.push({ type, at, end, body: chunk.subarray(at + HEAD, end) })
    at = end
  }
  return at === chunk.length ? messages : []
}

/** Where the questions in it end. None where that cannot be told. */
export function endsOfQuestions(chunk: Buffer): readonly number[] {
  return messagesOf(chunk)
    .filter(({ type }) => type === SYNC)
    .map(({ end }) => end)
}
