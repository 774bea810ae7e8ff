-- Two orders of three products from each of the first 600 demo customers, at the prices of the day.
INSERT INTO customer_order (id, customer_id, created_at)
SELECT ('d0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       ('c0000000-0000-4000-8000-' || lpad((1 + n % 600)::text, 12, '0'))::uuid,
       timestamptz '2026-02-01 00:00:00Z' + n * interval '5 minutes'
FROM generate_series(1, 1200) AS n;

-- Customers share a taste with those whose number ends alike; everybody buys from the first few products.
INSERT INTO order_line (order_id, line, product_id, quantity, price)
SELECT ('d0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       line,
       ('a0000000-0000-4000-8000-' || lpad(product::text, 12, '0'))::uuid,
       1 + n % 3,
       499 + product * 7919 % 19501
FROM generate_series(1, 1200) AS n,
     LATERAL (VALUES (1, 1 + n % 7), (2, 10 + n % 10 * 90 + n / 10 * 7 % 40), (3, 50 + n % 10 * 90 + n / 10 * 11 % 40)) AS bought (line, product);
