create table note (
  id uuid primary key default gen_random_uuid(),
  text text not null,
  written_at timestamptz not null default now()
);

create index on note (written_at desc);
