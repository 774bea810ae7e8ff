import { tag } from 'fulcrum'
import { z } from 'zod'

/** What benchmarks of caches read: the profile of a user, as large as its text. */
export const Profile = z.object({
  id: z.string(),
  name: z.string(),
  about: z.string(),
  /** Counted by the database: 1, 2, 3, … */
  version: z.int(),
})
export type Profile = z.infer<typeof Profile>

export const ProfileInput = z.object({ id: z.string() })

export const profile = tag('profile', z.string())

/** Bytes of a profile as JSON, besides the text in it. */
const REST = JSON.stringify({ id: 'u00000', name: 'User 00000', about: '', version: 1 }).length

export function profileId(index: number): string {
  return `u${String(index).padStart(5, '0')}`
}

/** Creates and fills the table `bench.profile` anew; each row is about `bytes` as JSON. */
export function profileSchema(rows: number, bytes: number): string {
  const text = `left(repeat('Likes number ' || n || ' and its neighbours. ', ${Math.ceil(bytes / 30)}), ${bytes - REST})`
  return `
    create schema if not exists bench;
    drop table if exists bench.profile;
    create table bench.profile (id text primary key, name text not null, about text not null, version int not null);
    alter table bench.profile alter about set storage external;
    insert into bench.profile
    select 'u' || lpad(n::text, 5, '0'), 'User ' || lpad(n::text, 5, '0'), ${text}, 1 from generate_series(0, ${rows - 1}) n;
    analyze bench.profile;`
}
