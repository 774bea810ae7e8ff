import type { Duplex } from 'node:stream'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** A value as it travels to the server. */
export type WireValue = string | Buffer | null

export type ValueParser = (text: string) => unknown

/** What the server says about the columns of a result. */
export interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

/** The side of pg's `Connection` that writes protocol messages; `pg-cursor` and `pg-query-stream` are written against the same methods. */
export interface Wire {
  readonly stream: Duplex
  parse(message: { readonly name: string; readonly text: string }): void
  bind(message: { readonly statement: string; readonly values: readonly WireValue[] }): void
  describe(message: { readonly type: 'P' }): void
  execute(): void
  close(message: { readonly type: 'S'; readonly name: string }): void
  sync(): void
  query(text: string): void
  sendCopyFail(reason: string): void
}

/** What pg's client asks of a query object: it is submitted once, then told the answer message by message. */
export interface WireQuery {
  submit(wire: Wire): Error | null
  handleRowDescription(message: RowDescription): void
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void
  handleCommandComplete(message: { readonly text: string }): void
  handleEmptyQuery(): void
  handleCopyInResponse(wire: Wire): void
  handleCopyData(): void
  handlePortalSuspended(): void
  handleError(error: unknown): void
  handleReadyForQuery(): void
}

export interface TextResult {
  readonly rows: readonly unknown[]
}

/** The parts of pg's `Client` that the adapter uses. */
export interface WireClient {
  /** Absent in the native client, which cannot be used. */
  readonly connection: Wire | undefined
  /** The process id of the session as the server, or whoever stands in for it, told it (manual, section 55.2.1, `BackendKeyData`). */
  readonly processID?: number | null | undefined
  connect(): Promise<unknown>
  query(query: WireQuery): unknown
  /** Runs a script before the connection is in use; the result of each statement if there are several. */
  query(text: string): Promise<TextResult | TextResult[]>
  getTypeParser(type: number, format: 'text'): ValueParser
  end(): Promise<void>
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  on(event: 'notification', listener: () => void): unknown
  on(event: 'notice', listener: (notice: unknown) => void): unknown
  off(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  off(event: 'notice', listener: (notice: unknown) => void): unknown
}

/** How pg is told where to connect: its own configuration object. */
export type WireConfig = Readonly<Record<string, unknown>>

/** What is used of pg. */
export interface Driver {
  readonly Client: new (config: WireConfig) => WireClient
  /** pg's own base of query objects. */
  readonly queryPrototype: object
  /** A JavaScript value as it travels to the server; pg's rules. */
  readonly prepareValue: (value: unknown) => WireValue
}

interface DriverModule {
  readonly Client: Driver['Client']
  readonly Query: { readonly prototype: object }
  readonly utils: { readonly prepareValue: Driver['prepareValue'] }
}

/** @throws FUL-1014 when pg is not installed. */
export async function loadDriver(): Promise<Driver> {
  const { Client, Query, utils } = await importDriver()
  return { Client, queryPrototype: Query.prototype, prepareValue: utils.prepareValue }
}

async function importDriver(): Promise<DriverModule> {
  try {
    return (await import('pg')).default as unknown as DriverModule
  } catch (cause) {
    const params = { feature: 'The PostgreSQL store', peer: 'pg', install: 'npm install pg' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}
