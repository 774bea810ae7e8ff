import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { Money } from '../../shared/money.ts'

export const account = tag('account', Id)

const Balance = z.object({ accountId: Id, balance: Money })
export type Balance = z.infer<typeof Balance>

export const AccountNotFound = error('accounts.AccountNotFound', {
  status: 404,
  data: z.object({ accountId: Id }),
})
export const InsufficientFunds = error('accounts.InsufficientFunds', {
  status: 409,
  data: z.object({ accountId: Id, balance: Money }),
})

export const getBalance = query('accounts.balance', {
  summary: 'The balance of an account, as of now',
  input: z.object({ id: Id }),
  output: Balance,
  errors: [AccountNotFound],
  http: 'GET /accounts/:id/balance',
  reads: ({ id }) => [account(id)],
  contract: {
    consistency: 'strong',
    latency: { deadline: '500ms' },
    data: { class: 'financial' },
    slo: { availability: 99.95, latency: { under: '100ms', target: 99 } },
    because: 'ADR-0004',
  },
})

export const withdraw = command('accounts.withdraw', {
  summary: 'Withdraw money; an account is never overdrawn',
  input: z.object({ id: Id, amount: z.int().positive() }),
  output: Balance,
  errors: [AccountNotFound, InsufficientFunds],
  http: 'POST /accounts/:id/withdrawals',
  changes: ({ id }) => [account(id)],
  contract: {
    idempotency: { key: 'header' },
    transaction: { isolation: 'read committed' },
    latency: { deadline: '1s' },
    data: { class: 'financial' },
    slo: { availability: 99.95, latency: { under: '100ms', target: 99 } },
    because: 'ADR-0004',
  },
})
