import { Script } from '../script.ts'

/**
 * The version of an operation's entries. KEYS: where it is kept. ARGV: the greatest that the caller knows; 1 to make another one. Returns it as a text.
 *
 * One that is not there, or behind what somebody knows, was lost. Then it is not known which ones were given out, so the next one is the time in
 * microseconds, which is beyond them; a clock that was set back is made up for by what is known.
 */
export const VERSION: Script = new Script(`
local known = tonumber(ARGV[1])
local current = redis.pcall('GET', KEYS[1])
current = type(current) == 'string' and tonumber(current) or nil
if current and current >= known and ARGV[2] == '0' then return string.format('%.0f', current) end
local time = redis.call('TIME')
local version = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), known + 1, (current or 0) + 1)
local text = string.format('%.0f', version)
redis.call('SET', KEYS[1], text)
return text`)
