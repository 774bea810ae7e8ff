import { Script } from '../script.ts'

/**
 * The version of an operation; with ARGV[1] = `1` a greater one. KEYS: version. Returns it.
 *
 * A version is the server's time in milliseconds when it was made, or one more than the last. So one that was forgotten (evicted, flushed) is followed
 * by a greater one, and the entries of earlier versions, which may not be forgotten, are never found again.
 */
export const VERSION: Script = new Script(`
local found = redis.pcall('GET', KEYS[1])
local known = type(found) == 'string' and tonumber(found) or nil
if known and ARGV[1] ~= '1' then return known end
local time = redis.call('TIME')
local version = math.max(time[1] * 1000 + math.floor(time[2] / 1000), (known or 0) + 1)
redis.call('SET', KEYS[1], string.format('%.0f', version))
return version`)
