// `npm run build`: compiles packages/fulcrum to its dist/.
import { build } from './lib/build.mjs'

process.exit(await build())
