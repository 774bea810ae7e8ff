import { defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import notes from './modules/notes/module.ts'

export default defineConfig({
  name: 'service-name',
  modules: [notes],
  // `fulcrum dev` brings a PostgreSQL of its own where DATABASE_URL is not set; `fulcrum start` refuses to run without it.
  store: ({ DATABASE_URL: url, DATABASE_REPLICA_URLS: replicas }) =>
    postgres(url === undefined ? {} : { url, replicas: replicas?.split(',') ?? [] }),
})
