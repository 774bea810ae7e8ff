import type { Deadline } from '../../kernel/deadline.ts'

/** Settles with `answer`, or rejects with the deadline's reason as soon as that is over. What `answer` does afterwards is nobody's concern. */
export function untilExpiry<T>(deadline: Deadline, answer: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const expiry = deadline.onExpire(reject)
    answer.then(
      (value) => {
        expiry.cancel()
        resolve(value)
      },
      (error: unknown) => {
        expiry.cancel()
        reject(error)
      },
    )
  })
}
