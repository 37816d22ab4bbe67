import { afterEach, expect, test } from '@jest/globals'
import type { ChannelCredentials, ClientDuplexStream } from '@grpc/grpc-js'
import {
  Client,
  credentials,
  logVerbosity,
  Metadata,
  ServerCredentials,
  setLogVerbosity,
} from '@grpc/grpc-js'
import type { Context } from '../../../src/contract/index.js'
import { Contract } from '../../../src/contract/index.js'
import { dialPeer } from '../../../src/contract/shim/dial.js'
import { serveContract } from '../../../src/contract/shim/serve.js'
import type { ChaincodeMessage } from '../../../src/contract/wire/fabric.js'
import { chaincode } from '../../../src/contract/wire/services.js'
import { ScriptedLedger } from '../support/scripted-ledger.js'
import { PeerStream, ScriptedPeer } from '../support/scripted-peer.js'
import { routerOf } from '../support/test-stub.js'
import { tlsPair } from '../support/tls-pair.js'

// It writes of an address that is taken, besides throwing.
setLogVerbosity(logVerbosity.NONE)

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

class Reading extends Contract {
  async read(ctx: Context, ...keys: string[]): Promise<string> {
    const values = await Promise.all(keys.map((key) => ctx.stub.getState(key)))
    return `${ctx.stub.getTxID()} ${values.map(String).join()}`
  }

  size(_ctx: Context, text: string): number {
    return text.length
  }
}

const router = routerOf([Reading])

async function openPeer(
  serverCredentials?: ServerCredentials,
): Promise<{ peer: ScriptedPeer; host: string }> {
  const peer = new ScriptedPeer()
  for (const key of ['a', 'b', 'c']) peer.state.set(key, Buffer.from(`value of ${key}`))
  cleanups.push(() => peer.close())
  return { peer, host: await peer.open(serverCredentials) }
}

/** The node's side of a contract that serves. */
function connect(
  port: number,
  creds: ChannelCredentials = credentials.createInsecure(),
  name?: string,
): PeerStream {
  const client = new Client(`127.0.0.1:${port}`, creds, name ? { 'grpc.ssl_target_name_override': name } : {})
  cleanups.push(() => client.close())
  const { path, requestSerialize, responseDeserialize } = chaincode.connect
  const stream = client.makeBidiStreamRequest(
    path,
    (message: ChaincodeMessage) => requestSerialize(message),
    (bytes) => responseDeserialize(bytes),
    new Metadata(),
  ) as ClientDuplexStream<Partial<ChaincodeMessage>, ChaincodeMessage>
  return new PeerStream(stream, new ScriptedLedger(new Map([['a', Buffer.from('served')]])), Buffer.alloc(0))
}

test('sixty-four transactions at once get each its own answers', async () => {
  const { peer, host } = await openPeer()
  const dialled = dialPeer(router, { host, id: 'reading:1' })
  const stream = await peer.accept()
  const outcomes = await Promise.all(Array.from({ length: 64 }, () => stream.call(['read', 'a', 'b', 'c'])))
  expect(outcomes.map(({ payload }) => payload)).toEqual(
    outcomes.map((_, n) => `${`${n + 1}`.padStart(8, '0')} value of a,value of b,value of c`),
  )
  dialled.close()
  expect(await dialled.ended).toBeUndefined()
})

test('a message of 20 MB comes through', async () => {
  const { peer, host } = await openPeer()
  const dialled = dialPeer(router, { host, id: 'reading:1' })
  const stream = await peer.accept()
  expect((await stream.call(['size', 'x'.repeat(20_000_000)])).payload).toBe('20000000')
  dialled.close()
})

test('the stream of a peer that goes away is over, with why', async () => {
  const { peer, host } = await openPeer()
  const dialled = dialPeer(router, { host, id: 'reading:1' })
  const stream = await peer.accept()
  stream.end()
  expect(await dialled.ended).toBe('the peer ended it')
  peer.close()
  const late = dialPeer(router, { host, id: 'reading:1' })
  expect(await late.ended).toContain('No connection established')
})

test('a peer that says what may not come is left', async () => {
  const { peer, host } = await openPeer()
  const dialled = dialPeer(router, { host, id: 'reading:1' })
  const stream = await peer.accept()
  stream.send({ type: 77 })
  expect(await dialled.ended).toBe('the node sent a message of the unknown type 77')
})

test('a contract is dialled and dials over TLS, with certificates on both sides', async () => {
  const [node, contract] = await Promise.all([tlsPair('node.example'), tlsPair('contract.example')])
  const pair = { private_key: node.key, cert_chain: node.certificate }
  const { peer, host } = await openPeer(ServerCredentials.createSsl(contract.certificate, [pair], true))
  const tls = {
    roots: node.certificate,
    key: contract.key,
    certificate: contract.certificate,
    serverName: 'node.example',
  }
  const dialled = dialPeer(router, { host, id: 'reading:1', tls })
  expect((await (await peer.accept()).call(['read', 'a'])).payload).toBe('00000001 value of a')
  dialled.close()

  const served = await serveContract(router, {
    address: '127.0.0.1:0',
    id: 'reading:1',
    tls: { key: contract.key, certificate: contract.certificate, clientRoots: node.certificate },
  })
  cleanups.push(() => served.close())
  const creds = credentials.createSsl(contract.certificate, node.key, node.certificate)
  const stream = connect(served.port, creds, 'contract.example')
  expect(await stream.registered).toBe('reading:1')
  expect((await stream.call(['read', 'a'])).payload).toBe('00000001 served')
})

test('a contract that serves takes several streams, and goes on when one ends or goes wrong', async () => {
  const served = await serveContract(router, { address: '127.0.0.1:0', id: 'label:abc' })
  cleanups.push(() => served.close())
  const [first, second] = [connect(served.port), connect(served.port)]
  expect(await Promise.all([first.registered, second.registered])).toEqual(['label:abc', 'label:abc'])
  expect((await first.call(['read', 'a'])).payload).toBe('00000001 served')
  first.end()
  second.send({ type: 77 })
  const third = connect(served.port)
  expect(await third.registered).toBe('label:abc')
  expect((await third.call(['read', 'a'])).payload).toBe('00000001 served')
})

test('an address that is taken is told', async () => {
  const served = await serveContract(router, { address: '127.0.0.1:0', id: 'x' })
  cleanups.push(() => served.close())
  await expect(serveContract(router, { address: `127.0.0.1:${served.port}`, id: 'x' })).rejects.toThrow(
    /EADDRINUSE|bound/,
  )
})
