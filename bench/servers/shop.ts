// The shop as it is, with everything on, on the database that it is given.
import { createApp } from 'fulcrum/app'
import config from '../../examples/shop/fulcrum.config.ts'
import { serving } from '../lib/serving.ts'

const app = await createApp({ ...config, services: [] }).start()
serving((await app.listen({ port: 0 })).url)
