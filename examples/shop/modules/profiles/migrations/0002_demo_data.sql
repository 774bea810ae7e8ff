-- One profile for each of the 1,000 demo customers.
INSERT INTO profile (user_id, display_name, bio, updated_at)
SELECT ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       'Customer ' || n,
       'Likes ' || (ARRAY['tea', 'chess', 'rowing', 'maps', 'jazz', 'bread', 'hills', 'trains', 'rain', 'paper'])[1 + n % 10] || '.',
       timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'
FROM generate_series(1, 1000) AS n;
