import { Script } from '../script.ts'

/**
 * Remembers the latest change of a tag. KEYS: tombstone. ARGV: min, write id, ttl in ms. Two writes at one position have no order, so neither id
 * speaks for both.
 */
export const BURY: Script = new Script(`
local min, id = tonumber(ARGV[1]), ARGV[2]
local known = redis.call('GET', KEYS[1])
if known then
  local before, by = string.match(known, '^(%d+) (%d+)$')
  if before and tonumber(before) > min then return 0 end
  if before and tonumber(before) == min and by ~= id then id = '0' end
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. id, 'PX', ARGV[3])
return 1`)
