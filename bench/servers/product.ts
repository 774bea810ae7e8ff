import { z } from 'zod'

/** What all point-read servers answer: the same schemas, the same statement, the same headers. */
export const Input = z.object({ id: z.uuid() })
export const Product = z.object({ id: z.uuid(), name: z.string(), amount: z.int(), version: z.int() })

export interface ProductRow {
  readonly id: string
  readonly name: string
  readonly amount: number
  readonly version: number
}

export interface Tables {
  product: ProductRow
}

/** The headers that Fulcrum sets, for peers that are written by hand. */
export const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-type': 'application/json; charset=utf-8',
  'fulcrum-source': 'primary',
}

export function productId(index: number): string {
  return `a0000000-0000-4000-8000-${String(index).padStart(12, '0')}`
}

/** Creates and fills the table. */
export const SCHEMA = `
  create schema if not exists bench;
  create table if not exists bench.product (id uuid primary key, name text not null, amount int not null, version int not null);
  insert into bench.product
  select ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Product ' || n, n * 7, 1 from generate_series(1, 1000) n
  on conflict do nothing;
  analyze bench.product;
`
