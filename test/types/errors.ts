// Domain errors are typed for those who catch them.
import { DomainError, error, isDomainError } from 'fulcrum'
import { z } from 'zod'
import { Gone, NotFound } from './profiles.ts'
import { same } from './same.ts'

export function caught(failure: unknown): void {
  if (isDomainError(failure, NotFound)) {
    same<typeof failure.code, 'profiles.NotFound'>()
    same<typeof failure.data, { userId: string }>()
  }
  if (isDomainError(failure, Gone)) same<typeof failure.data, undefined>()
  if (isDomainError(failure)) same<typeof failure.code, string>()
  // @ts-expect-error nothing is known of it
  void failure.code
}

void new DomainError(NotFound, { userId: '' })
// @ts-expect-error its data is another
void new DomainError(NotFound, {})

// @ts-expect-error the status is required
error('shop.Gone', { data: z.object({}) })
// @ts-expect-error a number
error('shop.Gone', { status: '404' })
