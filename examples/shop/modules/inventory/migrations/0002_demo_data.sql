-- 1,000 to 9,999 pieces of each of the catalog's 1,000 demo products.
INSERT INTO stock (product_id, available)
SELECT ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1000 + n * 6101 % 9000
FROM generate_series(1, 1000) AS n;
