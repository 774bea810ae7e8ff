import { Script } from '../script.ts'

/**
 * Asks of a new connection what will be asked of it later, so that what is not allowed or does not work is known before anybody relies on it. KEYS:
 * the first is written, and all are named at once, as those of an entry are. ARGV: the channel. Returns seconds and microseconds of the server's clock,
 * and why the key was not written, or nothing.
 */
export const GREET: Script = new Script(`
local refused = redis.pcall('SET', KEYS[1], '1', 'PX', '1000').err or ''
redis.call('PUBLISH', ARGV[1], '[]')
local time = redis.call('TIME')
return { time[1], time[2], refused }`)
