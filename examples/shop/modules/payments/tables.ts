import type { Generated } from 'kysely'
import type { Payment } from './api.ts'

export interface PaymentsTables {
  payment: {
    reference: string
    /** In cents. A `bigint`, which PostgreSQL's drivers read and write as text. */
    amount: string
    status: Generated<Payment['status']>
    /** What the provider calls the charge. */
    charge_id: string | null
  }
}
