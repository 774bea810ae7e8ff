CREATE TABLE notification (
  id          uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  text        text NOT NULL,
  created_at  timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX notification_of_customer ON notification (customer_id, created_at DESC, id DESC);
