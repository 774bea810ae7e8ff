import { Script } from '../script.ts'

/**
 * Remembers the latest change of tags. KEYS: tombstones. ARGV: min, write id, ttl in ms. A tombstone is the two numbers as they came, with a space
 * between them. Two writes at one position have no order, so neither id speaks for both. An earlier change is part of what a later one
 * demands, and keeps it for its own time. Returns how many were written.
 */
export const BURY: Script = new Script(`
local min, ttl = tonumber(ARGV[1]), tonumber(ARGV[3])
local count = 0
for _, key in ipairs(KEYS) do
  local known = redis.pcall('GET', key)
  local before, by
  if type(known) == 'string' then before, by = string.match(known, '^(%d+) (%d+)$') end
  if before and tonumber(before) > min then
    if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
  else
    local id = ARGV[2]
    local left = ttl
    if before then
      if tonumber(before) == min and by ~= id then id = '0' end
      left = math.max(ttl, redis.call('PTTL', key))
    end
    redis.call('SET', key, ARGV[1] .. ' ' .. id, 'PX', left)
    count = count + 1
  end
end
return count`)
