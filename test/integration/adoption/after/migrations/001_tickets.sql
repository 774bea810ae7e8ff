create table api_token (
  token text primary key,
  user_id uuid not null,
  account_id uuid not null
);

create table ticket (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  subject text not null,
  status text not null default 'open' check (status in ('open', 'closed')),
  opened_by uuid not null,
  opened_at timestamptz not null default now()
);

create index on ticket (account_id, opened_at desc);
