import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { sql, type Generated, type Selectable } from 'kysely'
import { getProfile, profile, ProfileNotFound, updateProfile, type Profile } from './api.ts'

interface ProfilesTables {
  profile: {
    user_id: string
    display_name: string
    bio: string
    /** 1, 2, 3, … without gaps. */
    version: Generated<number>
    updated_at: Generated<Date>
  }
}

export default module('profiles', {
  db: kysely<ProfilesTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  rows: { profile: (row) => [profile(String(row['user_id']))] },
  handlers: (on) => [
    on(getProfile, async ({ userId }, { db, fail }) => {
      const row = await db.selectFrom('profile').selectAll().where('user_id', '=', userId).executeTakeFirst()
      return row === undefined ? fail(ProfileNotFound, { userId }) : toProfile(row)
    }),

    on(updateProfile, async ({ userId, displayName, bio }, ctx) => {
      const row = await ctx.db
        .updateTable('profile')
        .set((column) => ({
          ...(displayName !== undefined && { display_name: displayName }),
          ...(bio !== undefined && { bio }),
          version: column('version', '+', 1),
          updated_at: sql<Date>`now()`,
        }))
        .where('user_id', '=', userId)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return ctx.fail(ProfileNotFound, { userId })
      // Refusing here rolls the change back.
      ctx.matches(row.version - 1)
      return toProfile(row)
    }),
  ],
})

function toProfile(row: Selectable<ProfilesTables['profile']>): Profile {
  return {
    userId: row.user_id,
    displayName: row.display_name,
    bio: row.bio,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
  }
}
