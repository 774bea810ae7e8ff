// One instance of the application: takes requests from its standard input and answers on its standard output, line by line. What is behind is
// the gateway that HTTP servers have in front of them, so headers and problem documents are those of HTTP.
import { createInterface } from 'node:readline'
import { createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import { items } from './items.ts'
import { LineWire } from './line-wire.ts'
import { READY, type Answer, type Request, type Settings } from './protocol.ts'

const { primary, replicas, redis: redisUrl, name } = JSON.parse(process.env['VERIFY'] ?? '{}') as Settings

const config = defineConfig({
  modules: [items],
  store: postgres({ url: primary, replicas, applicationName: name }),
  // So much that a busy machine alone is no fault.
  cache: redis({ url: redisUrl, timeout: '300ms' }),
  drain: '1s',
  principal: (request) => ({ id: request.header('caller') ?? '' }),
})
const app = await createApp(config, {
  log: (line) => process.stderr.write(`${performance.now().toFixed(0)} ${name}: ${line}\n`),
}).start()
const mount = app.gateway.mount({ system: false })

async function serve(request: Request): Promise<Answer> {
  const wire = new LineWire(request)
  const { status, headers, body } = await (mount.answer(wire) ?? mount.refuse(wire))
  const said: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2)
    said[headers[index] as string] = headers[index + 1] as string
  const { 'fulcrum-source': source, 'fulcrum-stale': stale, 'fulcrum-token': token } = said
  return {
    i: request.i,
    status,
    ...(source && { source }),
    ...(stale && { stale: Number(stale) }),
    ...(token && { token }),
    ...(said['fulcrum-session'] === 'reset' && { reset: true }),
    ...(body !== undefined && { body }),
    ...(wire.label !== undefined && { label: wire.label }),
  }
}

let pending = ''
function answer(line: Answer): void {
  if (pending === '') setImmediate(flush)
  pending += `${JSON.stringify(line)}\n`
}
function flush(): void {
  process.stdout.write(pending)
  pending = ''
}

createInterface({ input: process.stdin })
  .on('line', (line) => void serve(JSON.parse(line) as Request).then(answer))
  .on('close', () => void app.close().then(() => process.exit()))
process.stdout.write(`${READY}\n`)
