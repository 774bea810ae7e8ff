import type { Outcome } from '../declare/outcome.ts'
import type { CompiledOperation } from '../enforce/runtime/runtime.ts'
import type { CallOptions } from './app.ts'
import { bulkRequestOf, requestOf } from './call-request.ts'

/** No terms; of the same shape as terms, so that what reads them always finds them in the same places. */
const PLAIN = Object.freeze(requestOf({}))

/** Calls an operation in process. */
export function call(
  compiled: CompiledOperation,
  input: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  if (options === undefined) return compiled.call(PLAIN, input)
  try {
    return compiled.call(requestOf(options), input)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Reads many inputs of a query in process. */
export async function callMany(
  compiled: CompiledOperation,
  inputs: readonly unknown[],
  options: CallOptions,
): Promise<readonly Outcome<unknown>[]> {
  return compiled.runMany(compiled.begin(bulkRequestOf(compiled.operation, inputs, options)), inputs)
}
