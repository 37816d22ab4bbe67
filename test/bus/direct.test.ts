import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../src/time/clock.js'
import { silentLog } from '../../src/bus/log.js'
import { LogStore } from '../../src/bus/storage/log-store.js'
import { STORAGE_ROLE, storageMethods } from '../../src/bus/storage/storage-methods.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

const counter = (callers: string[] = []) => ({
  name: 'counter',
  listen: { port: 0 },
  methods: {
    count: {
      minEvent: 1,
      run: (_: unknown, caller: { connection: { peerName: string } }) => {
        callers.push(caller.connection.peerName)
        return callers.length
      },
    },
  },
})

const reader = { name: 'reader', dependencies: { Role_counter: '1.0' } }

test('a module that listens is called directly by those who name its role, and through the manager otherwise', async () => {
  const bus = await startBus()
  const callers: string[] = []
  const offering = aModule(bus, counter(callers))
  await offering.start()
  const calling = aModule(bus, reader)
  await calling.start()
  await calling.call('count')
  await calling.call('count', {}, { role: 'Role_counter' })
  // The manager has no name of its own towards a module that dialled it.
  expect(callers).toEqual(['', 'reader'])
  const updates = calling.subscribe('count', {}, { everyEvents: 1, role: 'Role_counter' })
  expect((await updates.next()).value).toMatchObject({ value: 3 })
  await bus.close()
  offering.changed('count')
  expect((await updates.next()).value).toMatchObject({ value: 4 })
  expect(callers.slice(2)).toEqual(['reader', 'reader'])
})

test('a role whose module does not listen is reached through the manager', async () => {
  const bus = await startBus({ methods: [aMethod('own', () => 'mine')] })
  const calling = aModule(bus, { name: 'reader' })
  await calling.start()
  expect(await calling.call('own', {}, { role: 'Role_unknown' })).toBe('mine')
})

test('a port that is taken is passed over for the next', async () => {
  const bus = await startBus()
  const offering = aModule(bus, { ...counter(), listen: { port: bus.port } })
  await offering.start()
  const calling = aModule(bus, reader)
  await calling.start()
  expect(Number(calling.dependencies['Role_counter']?.Port)).toBeGreaterThan(bus.port)
  expect(await calling.call('count', {}, { role: 'Role_counter' })).toBe(1)
})

test('behaviour 5: a module that refuses three times is reported to the manager, as log entry and as notification', async () => {
  const store = await LogStore.open({ log: silentLog })
  const warnings: object[] = []
  const bus = await startBus({
    methods: storageMethods(store, systemClock),
    roles: { [STORAGE_ROLE]: ['0.1'] },
    log: { ...silentLog, warn: (details) => warnings.push(details) },
  })
  const refusing = await aModuleThatRefuses(bus.url)
  const calling = aModule(bus, {
    name: 'reader',
    dependencies: { Role_refusing: '1.0' },
    negotiationPauseMs: 1,
  })
  await calling.start()
  await expect(calling.call('x', {}, { role: 'Role_refusing' })).rejects.toMatchObject({
    code: 'NEGOTIATION_FAILED',
  })
  expect(refusing.attempts).toBe(3)
  const comments = 'reader cannot work with Role_refusing: The other side refused the connection.'
  await waitFor('the entry', () => store.query({ level: 1 }).length === 1)
  expect(store.query({ level: 1 })).toMatchObject([{ level: 1, module: 'reader', comments }])
  await waitFor('the notification', () => warnings.length > 0)
  expect(warnings).toContainEqual({ peer: 'reader', notificationType: 'ModuleFailure', comment: comments })
})

/** Registers like any module, and refuses everybody who dials it. */
async function aModuleThatRefuses(manager: string): Promise<{ attempts: number }> {
  const seen = { attempts: 0 }
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new WebSocketServer({ server, path: '/ws' })
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      seen.attempts += 1
      const { MessageID: RequestID } = JSON.parse(data.toString()) as { MessageID: string }
      const MessageData = { RequestID, NegotiationStatus: '0', NegotiationComment: 'no' }
      socket.send(
        JSON.stringify({ MessageID: 'r-1', MessageType: 'NegotiateConnectionResponse', MessageData }),
      )
    }),
  )
  afterThisTest(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const client = await RawClient.negotiated(manager)
  await client.ask({
    RegisterAPI: {
      ModuleName: 'refusing',
      ModuleRoles: { Role_refusing: ['1.0'] },
      ConnectionInformation: { IP: '127.0.0.1', Port: String((server.address() as AddressInfo).port) },
      Methods: [],
    },
  })
  return seen
}

test('behaviour 12: a host that is told to runs no further method after one has failed', async () => {
  const ran: string[] = []
  const step = (name: string) =>
    aMethod(name, () => {
      ran.push(name)
      if (name === 'bad') throw new Error('x')
      return name
    })
  const bus = await startBus({ methods: [step('good'), step('bad'), step('late')], stopOnError: true })
  const client = await RawClient.negotiated(bus.url)
  const answer = await client.ask({ good: {}, bad: {}, late: {} })
  expect(answer).toMatchObject({ ResponseStatus: 1, ResponseData: { good: 'good' } })
  expect(ran).toEqual(['good', 'bad'])
})
