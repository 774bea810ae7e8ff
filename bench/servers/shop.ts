// The shop as it is, with everything on, on the database that it is given.
import { createApp } from 'fulcrum/app'
import config from '../../examples/shop/fulcrum.config.ts'

const app = await createApp({ ...config, services: [] }).start()
console.log((await app.listen({ port: 0 })).url)
process.once('SIGTERM', () => void app.close().then(() => process.exit()))
