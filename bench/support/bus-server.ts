/** The servers of the bench of the bus, each a process of its own, as it is in life. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type as T } from '@sinclair/typebox'
import { type WebSocket as Socket, WebSocketServer } from 'ws'
import { dispatcher } from '../../src/api/dispatch.js'
import { methods } from '../../src/api/method.js'
import { attachBus } from '../../src/bus/attach-bus.js'
import { EventFeed } from '../../src/bus/events/event-feed.js'
import { silentLog } from '../../src/bus/log.js'
import { Module } from '../../src/bus/module.js'
import { tableMethods } from '../../src/bus/table-methods.js'

const method = methods<object>()
const table = {
  'bench.echo': method({
    summary: 'What it was given',
    params: T.Object({ text: T.String() }, { additionalProperties: false }),
    result: T.Object({ text: T.String() }),
    changesWith: ['blockchain.changed'],
    example: { params: { text: '' }, result: { text: '' } },
    handle: (params) => params,
  }),
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function serveEcho(): Promise<void> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  const kept: [Socket, string][] = []
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      socket.send(text)
      if (text.includes('"s-')) kept.push([socket, text])
    })
  })
  process.on('message', () => {
    for (const [socket, text] of kept) socket.send(text)
  })
  process.send?.({ url: `ws://127.0.0.1:${await listen(server)}` })
}

async function serveBus(): Promise<void> {
  const server = createServer()
  const port = await listen(server)
  const feed = new EventFeed('bench')
  attachBus(server, {
    methods: tableMethods(table, dispatcher(table, {}), feed),
    name: 'bench',
    place: { ip: '127.0.0.1', port },
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    log: silentLog,
  })
  process.on('message', (message) => {
    if (message === 'fire') feed.emit('blockchain.changed')
    else {
      const { user, system } = process.cpuUsage()
      process.send?.({ cpuMs: (user + system) / 1_000 })
    }
  })
  process.send?.({ url: `ws://127.0.0.1:${port}` })
}

async function serveModule(manager: string): Promise<void> {
  const module = new Module({ name: 'bench-module', manager, methods: { 'module.echo': (params) => params } })
  await module.start()
  process.send?.({ url: manager })
}

const SERVERS: Readonly<Record<string, (manager: string) => Promise<void>>> = {
  echo: serveEcho,
  bus: serveBus,
  module: serveModule,
}
await SERVERS[process.argv[2] ?? '']?.(process.argv[3] ?? '')
