-- 1,000 products, the same on every machine: product 42 is a0000000-0000-4000-8000-000000000042.
INSERT INTO product (id, name, price)
SELECT ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       concat_ws(' ',
         (ARRAY['Small', 'Large', 'Round', 'Square', 'Folding', 'Stackable', 'Light', 'Sturdy', 'Plain', 'Painted'])[1 + n % 10],
         (ARRAY['Oak', 'Pine', 'Birch', 'Steel', 'Brass', 'Glass', 'Cork', 'Linen', 'Wool', 'Clay'])[1 + n / 10 % 10],
         (ARRAY['Table', 'Chair', 'Shelf', 'Lamp', 'Bowl', 'Box', 'Bench', 'Tray', 'Stool', 'Basket'])[1 + n / 100 % 10]),
       499 + n * 7919 % 19501
FROM generate_series(1, 1000) AS n;
