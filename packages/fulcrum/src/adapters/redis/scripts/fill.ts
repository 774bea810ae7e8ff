import { Script } from '../script.ts'

/**
 * Compare and set. KEYS: entry, lease, waiting, then the tombstones of its tags. ARGV: value (expiry and position as doubles, then the body), lo,
 * source (`primary` or `replica`), ttl in ms, fence or empty, channel, news of the fill, then the ids of the writes that it contains. Returns
 * `stored`, `kept` or `outdated`.
 *
 * Positions are below 2^53, so Lua's numbers hold them exactly.
 */
export const FILL: Script = new Script(`
local lo = tonumber(ARGV[2])
local function contains(min)
  if ARGV[3] == 'replica' then return lo >= min end
  return lo > min
end
local outcome = 'stored'
for i = 4, #KEYS do
  local tombstone = redis.call('GET', KEYS[i])
  if tombstone then
    local min, id = string.match(tombstone, '^(%d+) (%d+)$')
    local survives = min and contains(tonumber(min))
    if min and not survives and id ~= '0' then
      for j = 8, #ARGV do survives = survives or ARGV[j] == id end
    end
    if not survives then outcome = 'outdated' end
  end
end
if outcome == 'stored' then
  local ok, current = pcall(redis.call, 'GETRANGE', KEYS[1], 8, 15)
  if ok and type(current) == 'string' and #current == 8 and struct.unpack('>d', current) > lo then
    outcome = 'kept'
  else
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
  end
end
if ARGV[5] ~= '' then
  if redis.call('GET', KEYS[2]) == ARGV[5] then redis.call('DEL', KEYS[2]) end
  if redis.call('DEL', KEYS[3]) == 1 then redis.call('PUBLISH', ARGV[6], ARGV[7]) end
end
return outcome`)
