export interface InventoryTables {
  stock: { product_id: string; available: number }
}
