CREATE TABLE product (
  id      uuid PRIMARY KEY,
  name    text NOT NULL,
  price   integer NOT NULL CHECK (price > 0),
  version integer NOT NULL DEFAULT 1
);
