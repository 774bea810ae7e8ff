import { MOST_ELSEWHERE } from '../../../consistency/tombstone.ts'
import { Script } from '../script.ts'

/**
 * Remembers a change of tags (`bury` in `consistency/tombstone.ts` has the reasons). KEYS: tombstones. ARGV: min, write id, ttl in ms.
 *
 * A tombstone is the position of the latest change in the store, a space and its id, which is 0 where several have that position (`0 0` where there
 * was none); then, each after a space, the ids of the latest changes elsewhere, the one that was told last at the end. The numbers stay as they
 * came: Lua would round what it prints.
 */
export const BURY: Script = new Script(`
local min, id, ttl = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
for _, key in ipairs(KEYS) do
  local known = redis.pcall('GET', key)
  local at, by, elsewhere
  if type(known) == 'string' then at, by, elsewhere = string.match(known, '^(%d+) (%d+)([ %d]*)$') end
  if not at then at, by, elsewhere = '0', '0', '' end
  if min == 0 then
    local ids = {}
    for each in string.gmatch(elsewhere, '%d+') do
      if each ~= id then ids[#ids + 1] = each end
    end
    ids[#ids + 1] = id
    elsewhere = ''
    for i = math.max(1, #ids - ${MOST_ELSEWHERE - 1}), #ids do elsewhere = elsewhere .. ' ' .. ids[i] end
  elseif tonumber(at) < min then at, by = ARGV[1], id
  elseif tonumber(at) == min and by ~= id then by = '0' end
  redis.call('SET', key, at .. ' ' .. by .. elsewhere, 'PX', math.max(ttl, redis.call('PTTL', key)))
end
return #KEYS`)
