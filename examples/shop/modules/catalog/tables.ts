import type { Generated } from 'kysely'

export interface CatalogTables {
  product: {
    id: string
    name: string
    /** In cents. */
    price: number
    /** 1, 2, 3, … without gaps. */
    version: Generated<number>
  }
}
