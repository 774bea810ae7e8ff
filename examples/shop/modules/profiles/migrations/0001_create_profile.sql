CREATE TABLE profile (
  user_id      uuid PRIMARY KEY,
  display_name text NOT NULL,
  bio          text NOT NULL DEFAULT '',
  version      integer NOT NULL DEFAULT 1,
  updated_at   timestamptz(3) NOT NULL DEFAULT now()
);
