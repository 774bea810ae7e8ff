-- Each demo customer follows the ten after it, customer 1,000 the first ten; each has written two posts.
INSERT INTO follow (follower_id, author_id)
SELECT ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       ('c0000000-0000-4000-8000-' || lpad((1 + (n - 1 + step) % 1000)::text, 12, '0'))::uuid
FROM generate_series(1, 1000) AS n, generate_series(1, 10) AS step;

INSERT INTO post (id, author_id, text, created_at)
SELECT ('e0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       ('c0000000-0000-4000-8000-' || lpad((1 + n * 37 % 1000)::text, 12, '0'))::uuid,
       (ARRAY['Unpacked it today, and it fits.', 'Does anybody know how to clean this?', 'Second one. The first is still fine.',
              'Smaller than I thought, better than I hoped.', 'My cat has taken it over.'])[1 + n % 5],
       timestamptz '2026-03-01 00:00:00Z' + n * interval '7 minutes'
FROM generate_series(1, 2000) AS n;
