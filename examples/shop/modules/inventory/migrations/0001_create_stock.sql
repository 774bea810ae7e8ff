-- Half of each page stays free: a row that is updated often finds room beside itself, and no index entry changes.
CREATE TABLE stock (
  product_id uuid PRIMARY KEY,
  available  integer NOT NULL CHECK (available >= 0)
) WITH (fillfactor = 50);
