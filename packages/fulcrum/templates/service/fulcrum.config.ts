import { defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import notes from './modules/notes/module.ts'

export default defineConfig({
  name: 'service-name',
  modules: [notes],
  // `fulcrum dev` brings a PostgreSQL of its own where DATABASE_URL is not set; `fulcrum start` refuses to run without it.
  store: (env) => postgres({ url: env.DATABASE_URL, replicas: env.DATABASE_REPLICA_URLS }),
})
