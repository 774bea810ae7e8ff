CREATE TABLE account (
  id      uuid PRIMARY KEY,
  balance bigint NOT NULL CHECK (balance >= 0)
);
