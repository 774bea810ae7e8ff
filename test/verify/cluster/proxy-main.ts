// Stands between the instances and the servers, in a process of its own. Messages of its parent say where each port leads, and what happens on the way.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { CommitSpotter } from '../../support/commit-spotter.ts'
import { endsOfQuestions } from '../../support/frontend-messages.ts'
import { type Command, type Kind, ROUTES, type Route } from './proxy-protocol.ts'

interface Link {
  readonly client: Socket
  readonly server: Socket
  readonly spotter: CommitSpotter
  isCommitting: boolean
  kind: Kind | undefined
}

/** What is sent over a connection of each kind and over no other. */
const SIGNS: readonly (readonly [Kind, Buffer])[] = [
  ['change stream', Buffer.from('START_REPLICATION')],
  ['positions', Buffer.from("'primary' AS state")],
]
const targets = new Map<Route, number>()
const links = new Map<Route, Set<Link>>(ROUTES.map((route) => [route, new Set()]))
const shut = new Set<Route>()
const stalled = new Set<Route>()
const held = new Set<Kind>()
/** COMMITs to be cut: what their server has got of them is left to chance. */
let cuts = 0
/** How long the rest of what was sent at once is on its way. */
let gap = 0
let sendings = 0

function join(route: Route, client: Socket): void {
  const port = targets.get(route)
  if (port === undefined || shut.has(route)) return void client.destroy()
  const server = connect(port, '127.0.0.1')
  const link: Link = { client, server, spotter: new CommitSpotter(), isCommitting: false, kind: undefined }
  links.get(route)?.add(link)
  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => end(route, link))
  }
  client.on('data', (chunk) => forward(route, link, chunk))
  server.on('data', (chunk) => backward(link, chunk))
  if (stalled.has(route)) client.pause()
}

function end(route: Route, link: Link): void {
  link.client.destroy()
  link.server.destroy()
  links.get(route)?.delete(link)
}

function forward(route: Route, link: Link, chunk: Buffer): void {
  if (route === 'primary') recognize(link, chunk)
  const isCommit = route === 'primary' && link.spotter.spot(chunk) !== undefined
  if (cuts > 0 && isCommit) {
    cuts -= 1
    // One in three never gets there, one is there and nobody is told, one is cut when the answer begins to come.
    if (cuts % 3 === 0) return end(route, link)
    if (cuts % 3 === 1) return void link.server.write(chunk, () => setTimeout(() => end(route, link), 20))
    link.isCommitting = true
  }
  if (gap > 0 && route !== 'redis' && ++sendings % 3 === 0) return split(link, chunk)
  link.server.write(chunk)
}

function split({ client, server }: Link, chunk: Buffer): void {
  const ends = endsOfQuestions(chunk).filter((each) => each < chunk.length)
  const until = (sendings % 2 === 0 ? ends[0] : ends.at(-1)) ?? chunk.length
  server.write(chunk.subarray(0, until))
  if (until === chunk.length) return
  client.pause()
  setTimeout(() => {
    server.write(chunk.subarray(until))
    client.resume()
  }, gap)
}

function recognize(link: Link, chunk: Buffer): void {
  if (link.kind !== undefined) return
  link.kind = SIGNS.find(([, sign]) => chunk.includes(sign))?.[0]
  if (link.kind !== undefined && held.has(link.kind)) link.server.pause()
}

function backward(link: Link, chunk: Buffer): void {
  if (link.isCommitting) {
    link.client.destroy()
    link.server.destroy()
    return
  }
  link.client.write(chunk)
}

function obey(command: Command): void {
  switch (command.do) {
    case 'point':
      targets.set(command.route, command.port)
      shut.delete(command.route)
      return dropAll(command.route)
    case 'shut':
      shut.add(command.route)
      return dropAll(command.route)
    case 'cut commits':
      cuts = command.count
      return
    case 'stall':
      stalled.add(command.route)
      for (const { client } of links.get(command.route) ?? []) client.pause()
      return
    case 'flow':
      stalled.delete(command.route)
      for (const { client } of links.get(command.route) ?? []) client.resume()
      return
    case 'hold':
      held.add(command.answers)
      for (const { server } of linksOf(command.answers)) server.pause()
      return
    case 'release':
      held.delete(command.answers)
      for (const { server } of linksOf(command.answers)) server.resume()
      return
    case 'split':
      gap = command.ms
  }
}

function linksOf(kind: Kind): Link[] {
  return [...(links.get('primary') ?? [])].filter((link) => link.kind === kind)
}

function dropAll(route: Route): void {
  for (const link of links.get(route) ?? []) end(route, link)
}

async function open(route: Route): Promise<readonly [Route, number]> {
  const server: Server = createServer((client) => join(route, client))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return [route, (server.address() as { port: number }).port]
}

process.on('message', (command: Command) => {
  obey(command)
  process.send?.({ done: command.id })
})
process.on('disconnect', () => process.exit())
process.send?.({ ports: Object.fromEntries(await Promise.all(ROUTES.map(open))) })
