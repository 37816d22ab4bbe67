import { promisify } from 'node:util'
import { afterEach, expect, test } from '@jest/globals'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import type { Connection } from '../../../src/contract/peer/connection-file.js'
import { ContractDialler } from '../../../src/contract/peer/contract-dialler.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import {
  ChaincodeID,
  type ChaincodeMessage,
  ChaincodeMessageType as Type,
} from '../../../src/contract/wire/fabric.js'
import { chaincode } from '../../../src/contract/wire/services.js'

type Messages = ServerDuplexStream<ChaincodeMessage, Partial<ChaincodeMessage>>

const ID = 'basic_1.0:abc'
const NEVER = new AbortController().signal

const cleanups: (() => void)[] = []

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

/** A contract that serves and does on each stream what it is told to. */
async function serve(
  onStream: (messages: Messages) => void,
  port = 0,
): Promise<{ port: number; server: Server }> {
  const server = new Server()
  server.addService(chaincode, { connect: onStream })
  const bind = promisify(server.bindAsync.bind(server))
  cleanups.push(() => server.forceShutdown())
  return { port: await bind(`127.0.0.1:${port}`, ServerCredentials.createInsecure()), server }
}

const registerAs = (id: string) => (messages: Messages) => {
  messages.on('error', () => undefined)
  messages.on('end', () => messages.end())
  messages.resume()
  messages.write({ type: Type.REGISTER, payload: ChaincodeID.encode({ name: id }) })
}

interface Dialling {
  readonly dialler: ContractDialler
  readonly live: LiveContracts
  /** Pauses the dialler made, in ms; each ends when the test says so. */
  readonly pauses: { readonly ms: number; readonly end: () => void }[]
  /** Resolves when the dialler has made so many pauses. */
  readonly paused: (count: number) => Promise<void>
}

function dialling(): Dialling {
  const live = new LiveContracts({ sharedIds: false, now: () => 0 })
  const pauses: Dialling['pauses'] = []
  let notify: () => void = () => undefined
  const dialler = new ContractDialler({
    registrar: live,
    random: () => 1,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        pauses.push({ ms, end: resolve })
        notify()
      }),
  })
  cleanups.push(() => dialler.close())
  const paused = async (count: number): Promise<void> => {
    while (pauses.length < count) await new Promise<void>((resolve) => (notify = resolve))
  }
  return { dialler, live, pauses, paused }
}

const at = (port: number, dialTimeoutMs = 3000): Connection => ({
  address: `127.0.0.1:${port}`,
  dialTimeoutMs,
  tls: undefined,
})

test('a contract is dialled when it is asked for, once for all who ask, and then kept', async () => {
  let streams = 0
  const { port } = await serve((messages) => {
    streams += 1
    registerAs(ID)(messages)
  })
  const { dialler, live } = dialling()
  dialler.add(ID, at(port))
  expect(streams).toBe(0)
  const found = await Promise.all([dialler.dial([ID], NEVER), dialler.dial(['other', ID], NEVER)])
  expect(found[0]).toBe(found[1])
  expect(await dialler.dial([ID], NEVER)).toBe(found[0])
  expect(streams).toBe(1)
  expect(live.find([ID])).toBe(found[0])
})

test('what nobody told it is not dialled', async () => {
  expect(await dialling().dialler.dial(['unknown'], NEVER)).toBeUndefined()
})

test.each([
  [
    'registers as another',
    registerAs('someone:else'),
    /registered as someone:else instead of basic_1\.0:abc/,
  ],
  ['ends at once', (messages: Messages) => messages.end(), /the contract ended the stream/],
  ['says nothing', () => undefined, /the contract did not register in time/],
  [
    'refuses',
    (messages: Messages) => void messages.emit('error', { code: 7, details: 'not for you' }),
    /not for you/,
  ],
])('one that %s is not connected', async (_, onStream, text) => {
  const { port } = await serve(onStream)
  const { dialler, live } = dialling()
  dialler.add(ID, at(port, 200))
  const failure = dialler.dial([ID], NEVER)
  await expect(failure).rejects.toMatchObject({
    fault: 'not-connected',
    message: expect.stringMatching(text),
  })
  expect(live.list()).toEqual([])
})

test('where nobody listens the caller is told at once, and the next call tries again', async () => {
  const { port, server } = await serve(registerAs(ID))
  server.forceShutdown()
  const { dialler, pauses } = dialling()
  dialler.add(ID, at(port))
  await expect(dialler.dial([ID], NEVER)).rejects.toMatchObject({
    fault: 'not-connected',
    message: expect.stringContaining('ECONNREFUSED'),
  })
  expect(pauses).toEqual([])
  await serve(registerAs(ID), port)
  expect((await dialler.dial([ID], NEVER))?.id).toBe(ID)
})

test('a stream that is lost is dialled again, after pauses that grow', async () => {
  const { port, server } = await serve(registerAs(ID))
  const { dialler, live, pauses, paused } = dialling()
  dialler.add(ID, at(port))
  await dialler.dial([ID], NEVER)
  server.forceShutdown()
  for (const n of [1, 2, 3]) {
    await paused(n)
    pauses[n - 1]?.end()
  }
  await paused(4)
  expect(pauses.map(({ ms }) => ms)).toEqual([200, 400, 800, 1600])
  await serve(registerAs(ID), port)
  pauses[3]?.end()
  expect((await live.waitFor(ID, 5000)).id).toBe(ID)
})

test('a call during a pause does not wait for its end', async () => {
  const { port, server } = await serve(registerAs(ID))
  const { dialler, pauses, paused } = dialling()
  dialler.add(ID, at(port))
  await dialler.dial([ID], NEVER)
  server.forceShutdown()
  await paused(1)
  await serve(registerAs(ID), port)
  expect((await dialler.dial([ID], NEVER))?.id).toBe(ID)
  pauses[0]?.end()
})

test('whoever does not want to wait any more need not', async () => {
  const { port } = await serve(() => undefined)
  const { dialler } = dialling()
  dialler.add(ID, at(port))
  const late = new AbortController()
  const call = dialler.dial([ID], late.signal)
  late.abort(new Error('too late'))
  await expect(call).rejects.toThrow('too late')
})

test('what is removed is not dialled any more, and its stream is over', async () => {
  const { port } = await serve(registerAs(ID))
  const { dialler, live, pauses } = dialling()
  dialler.add(ID, at(port))
  await dialler.dial([ID], NEVER)
  dialler.remove(ID)
  expect(live.list()).toEqual([])
  expect(pauses).toEqual([])
  expect(dialler.ids).toEqual([])
})

test('a new way to a contract takes the place of the old one', async () => {
  const [old, young] = [await serve(registerAs(ID)), await serve(registerAs(ID))]
  const { dialler, live } = dialling()
  dialler.add(ID, at(old.port))
  await dialler.dial([ID], NEVER)
  dialler.add(ID, at(young.port))
  await dialler.dial([ID], NEVER)
  expect(live.list()).toMatchObject([{ id: ID, address: `127.0.0.1:${young.port}` }])
})
