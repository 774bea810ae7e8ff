import { corsConformance } from './conformance/cors.ts'
import { httpConformance } from './conformance/http.ts'
import { unmatchedConformance } from './conformance/unmatched.ts'
import { expressMount } from './targets.ts'

httpConformance('a Node handler in Express', expressMount)
unmatchedConformance('a Node handler in Express', expressMount)
corsConformance('a Node handler in Express', expressMount)
