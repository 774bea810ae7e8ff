-- One account for each of the 1,000 demo customers, with 100.00 to 9,999.99 on it.
INSERT INTO account (id, balance)
SELECT ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 10000 + n * 7919 % 990000
FROM generate_series(1, 1000) AS n;
