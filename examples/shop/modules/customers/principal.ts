import { DomainError, error, type PrincipalResolver } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'

export const InvalidCustomerId = error('customers.InvalidCustomerId', {
  status: 400,
  title: 'The header X-Customer-Id has to be a UUID',
  data: z.object({ header: z.literal('X-Customer-Id') }),
})

/** The shop has no passwords: callers say who they are in `X-Customer-Id`, or stay anonymous. */
export const principalOf: PrincipalResolver = (request) => {
  const given = request.header('x-customer-id')
  if (given === undefined) return undefined
  const id = Id.safeParse(given)
  if (!id.success) throw new DomainError(InvalidCustomerId, { header: 'X-Customer-Id' })
  return { id: id.data }
}
