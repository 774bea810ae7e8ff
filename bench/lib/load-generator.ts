// Sends requests for a while, one after the other on each of some connections; prints how many were answered, and how busy it was itself.
// Requests are bytes made beforehand and answers are only measured off, so that it can do more than the server that it loads.
import { connect, type Socket } from 'node:net'
import type { Generated, Load } from './load.ts'

const order = JSON.parse(process.argv[2] ?? '') as Required<Load> & { readonly url: string }
const { hostname, port, host } = new URL(order.url)
const requests = order.paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`))

let turn = 0
let answered = 0
let failed = 0
let stopping = false

const sockets = Array.from({ length: order.connections }, () => {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  return socket
    .once('connect', () => send(socket))
    .on('data', reader(socket))
    .on('error', fail)
})

const before = process.cpuUsage()
const start = performance.now()
setTimeout(() => {
  stopping = true
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  const generated: Generated = { answered, failed, seconds, busy: (user + system) / 1e6 / seconds }
  console.log(JSON.stringify(generated))
  for (const socket of sockets) socket.destroy()
}, order.seconds * 1000)

function send(socket: Socket): void {
  socket.write(requests[turn++ % requests.length] as Buffer)
}

function fail(): void {
  if (!stopping) failed += 1
}

/** Takes what arrives on one connection, which is one answer at a time, and asks again after each. */
function reader(socket: Socket): (chunk: Buffer) => void {
  let text = ''
  return (chunk) => {
    text += chunk.toString('latin1')
    const head = text.indexOf('\r\n\r\n')
    if (head === -1 || text.length < head + 4 + contentLength(text)) return
    answered += 1
    // `HTTP/1.1 2…`
    if (text.charCodeAt(9) !== 50) failed += 1
    text = ''
    send(socket)
  }
}

function contentLength(text: string): number {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? []
  if (length === undefined) throw new Error(`an answer without Content-Length:\n${text}`)
  return Number(length)
}
