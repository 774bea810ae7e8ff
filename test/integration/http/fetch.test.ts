import { corsConformance } from './conformance/cors.ts'
import { httpConformance } from './conformance/http.ts'
import { unmatchedConformance } from './conformance/unmatched.ts'
import { honoMount } from './targets.ts'

httpConformance('a fetch handler in Hono', honoMount)
unmatchedConformance('a fetch handler in Hono', honoMount)
corsConformance('a fetch handler in Hono', honoMount)
