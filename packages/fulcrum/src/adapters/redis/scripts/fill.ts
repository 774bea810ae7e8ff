import { Script } from '../script.ts'

/**
 * Compare and set. KEYS: entry, lease, waiting, then the tombstones of its tags. ARGV: body, lo, source (`primary` or `replica`), ttl in ms, fence or
 * nothing, channel, news of the fill, then the ids of the writes that it contains. Returns `stored`, `kept` or `outdated`.
 *
 * An entry is its expiry on this server's clock and its position as doubles, the length of its body, and its body. Positions are below 2^53, so Lua's
 * numbers hold them exactly; they are never printed by Lua, which would round them. What is not an entry is replaced. The lease ends also where
 * the server is full: nobody gets more by waiting.
 */
export const FILL: Script = new Script(`
local lo = tonumber(ARGV[2])
local function contains(min)
  if ARGV[3] == 'replica' then return lo >= min end
  return lo > min
end
local function sees(id)
  for i = 8, #ARGV do
    if ARGV[i] == id then return true end
  end
  return false
end
local function outlives(tombstone)
  local min, id, elsewhere = string.match(tombstone, '^(%d+) (%d+)([ %d]*)$')
  if not min then return true end
  for each in string.gmatch(elsewhere, '%d+') do
    if not sees(each) then return false end
  end
  return min == '0' or contains(tonumber(min)) or (id ~= '0' and sees(id))
end
local outcome = 'stored'
for i = 4, #KEYS do
  local tombstone = redis.pcall('GET', KEYS[i])
  if type(tombstone) == 'string' and not outlives(tombstone) then outcome = 'outdated' end
end
if outcome == 'stored' then
  local head = redis.pcall('GETRANGE', KEYS[1], 8, 15)
  if type(head) == 'string' and #head == 8 and struct.unpack('>d', head) > lo then outcome = 'kept' end
end
local reply = outcome
if outcome == 'stored' then
  local time = redis.call('TIME')
  local expiry = time[1] * 1000 + time[2] / 1000 + ARGV[4]
  local written = redis.pcall('SET', KEYS[1], struct.pack('>ddI4', expiry, lo, #ARGV[1]) .. ARGV[1], 'PX', ARGV[4])
  if written.err then reply = written end
end
if ARGV[5] ~= '' and redis.pcall('GET', KEYS[2]) == ARGV[5] then redis.call('DEL', KEYS[2]) end
if (ARGV[5] ~= '' or outcome == 'stored') and redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', ARGV[6], ARGV[7])
end
return reply`)
