-- 1,000 customers, the same on every machine: customer 42 is c0000000-0000-4000-8000-000000000042.
INSERT INTO customer (id, name)
SELECT ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       concat_ws(' ',
         (ARRAY['Ada', 'Ben', 'Carla', 'Dario', 'Elif', 'Finn', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Luis', 'Mara', 'Noah', 'Olga',
                'Paul', 'Quinn', 'Rosa', 'Sami', 'Tara', 'Uwe', 'Vera', 'Wim', 'Xenia', 'Yusuf'])[1 + n % 25],
         (ARRAY['Adler', 'Bauer', 'Costa', 'Diaz', 'Eriksen', 'Fischer', 'Garcia', 'Horvat', 'Ito', 'Jensen', 'Klein', 'Lopez', 'Moreau',
                'Novak', 'Okafor', 'Peeters', 'Quist', 'Rossi', 'Silva', 'Tanaka', 'Ulrich', 'Varga', 'Weber', 'Xu', 'Young', 'Zeman',
                'Abbas', 'Berg', 'Cruz', 'Dupont', 'Ek', 'Ferrari', 'Gruber', 'Haas', 'Ivanov', 'Jung', 'Kaya', 'Lang', 'Meyer', 'Nowak'])[1 + n / 25 % 40])
FROM generate_series(1, 1000) AS n;
