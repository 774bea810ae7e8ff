-- What each user is shown, written when a post is published. `id` is that of the post.
CREATE TABLE timeline (
  user_id    uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  id         uuid NOT NULL,
  PRIMARY KEY (user_id, created_at, id)
);

INSERT INTO timeline (user_id, created_at, id)
SELECT follower_id, created_at, id FROM post JOIN follow USING (author_id);
