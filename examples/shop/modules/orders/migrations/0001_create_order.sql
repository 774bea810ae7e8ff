CREATE TABLE customer_order (
  id          uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  status      text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed')),
  created_at  timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX customer_order_history ON customer_order (customer_id, created_at DESC, id DESC);
CREATE INDEX customer_order_latest ON customer_order (created_at DESC);

CREATE TABLE order_line (
  order_id   uuid NOT NULL REFERENCES customer_order,
  line       integer NOT NULL,
  product_id uuid NOT NULL,
  quantity   integer NOT NULL CHECK (quantity > 0),
  price      integer NOT NULL CHECK (price > 0),
  PRIMARY KEY (order_id, line)
);
CREATE INDEX order_line_product ON order_line (product_id);
