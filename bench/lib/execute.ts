import pg from 'pg'

/** Runs statements on a connection of their own. */
export async function execute<Row extends pg.QueryResultRow>(
  url: string,
  statements: string,
): Promise<pg.QueryResult<Row>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query<Row>(statements)
  } finally {
    await client.end()
  }
}
