-- Written often, read rarely: properties stay the text that came in, and nothing but the key is indexed.
CREATE TABLE event (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  customer_id uuid,
  properties  json NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT now()
);
