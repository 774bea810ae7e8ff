CREATE TABLE post (
  id         uuid PRIMARY KEY,
  author_id  uuid NOT NULL,
  text       text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX post_of_author ON post (author_id, created_at DESC, id DESC);

CREATE TABLE follow (
  follower_id uuid NOT NULL,
  author_id   uuid NOT NULL CHECK (author_id <> follower_id),
  PRIMARY KEY (follower_id, author_id)
);
