/** A Sync: with it a question is complete. */
const SYNC = 0x53
/** The type of a message, and its length, which counts itself (manual, 55.7). */
const HEAD = 5

/** Where the questions in what a client of PostgreSQL has sent at once end. None where that cannot be told. */
export function endsOfQuestions(chunk: Buffer): readonly number[] {
  const ends: number[] = []
  let at = 0
  while (at + HEAD <= chunk.length) {
    const end = at + 1 + chunk.readUInt32BE(at + 1)
    if (chunk[at] === SYNC && end === at + HEAD) ends.push(end)
    at = end
  }
  return at === chunk.length ? ends : []
}
