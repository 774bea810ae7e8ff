import { Script } from '../script.ts'

/**
 * Takes the right to fill an entry, or says that somebody waits for whoever has it. KEYS: lease, waiting, entry. ARGV: ttl in ms, and the stamp of
 * the entry that was found, which is its expiry. Returns the fence, which is the server's time in microseconds, or `held`, or `filled` where
 * there is another entry by now.
 */
export const LEASE: Script = new Script(`
local head = redis.pcall('GETRANGE', KEYS[3], 0, 19)
if type(head) == 'string' and #head == 20 then
  local stamp, _, length = struct.unpack('>ddI4', head)
  if stamp ~= tonumber(ARGV[2]) and redis.call('STRLEN', KEYS[3]) == length + 20 then return 'filled' end
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[1] * 2)
  return 'held'
end
local time = redis.call('TIME')
local fence = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])
return fence`)

/** Prolongs it. KEYS: lease. ARGV: fence, ttl in ms. Returns 1, or 0 when it is lost. */
export const RENEW: Script = new Script(`
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)

/** Gives it up, and tells those who wait. KEYS: lease, waiting. ARGV: fence, channel, news. */
export const RELEASE: Script = new Script(`
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
if redis.call('DEL', KEYS[2]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return 1`)
