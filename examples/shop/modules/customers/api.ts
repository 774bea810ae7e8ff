import { query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { pageOf, paging } from '../../shared/page.ts'

export const customer = tag('customer', Id)
export const customers = tag('customers')

/** A customer's id is also the id of its account and of its profile. */
export const Customer = z.object({ id: Id, name: z.string() })

export const listCustomers = query('customers.list', {
  summary: 'All customers, page by page',
  input: z.object(paging(Id)),
  output: pageOf(Customer),
  http: 'GET /customers',
  reads: () => [customers()],
  contract: {
    consistency: 'eventual',
    latency: { deadline: '500ms', expect: '5ms' },
    data: { class: 'personal' },
    because: 'ADR-0003',
  },
})

/** For other modules: a customer, or `null` when there is none with this id. */
export const findCustomer = query('customers.find', {
  input: z.object({ id: Id }),
  output: Customer.nullable(),
  reads: ({ id }) => [customer(id)],
  contract: { data: { class: 'personal' }, because: 'ADR-0001' },
})
