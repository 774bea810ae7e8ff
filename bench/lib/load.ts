import autocannon from 'autocannon'

export interface Load {
  readonly url: string
  readonly paths: readonly string[]
  /** Seconds. Default 3. */
  readonly seconds?: number
  /** Default 64. */
  readonly connections?: number
}

/** Requests per second that a server answers with 2xx. Anything else fails the benchmark: an error is quickly served. */
export async function requestsPerSecond({
  url,
  paths,
  seconds = 3,
  connections = 64,
}: Load): Promise<number> {
  const requests = paths.map((path) => ({ method: 'GET' as const, path }))
  const result = await autocannon({ url, connections, duration: seconds, requests })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${url}${paths[0]}: ${failed} of ${result.requests.total} requests failed`)
  return result.requests.average
}
