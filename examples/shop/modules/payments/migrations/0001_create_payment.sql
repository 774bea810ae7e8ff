CREATE TABLE payment (
  reference  uuid PRIMARY KEY,
  amount     bigint NOT NULL CHECK (amount > 0),
  status     text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'charged', 'declined')),
  charge_id  text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK ((status = 'charged') = (charge_id IS NOT NULL))
);
