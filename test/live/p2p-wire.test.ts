import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { fromDisplay, sha256d, toDisplay } from '../../src/p2p/hash.js'
import { networks } from '../../src/p2p/networks/networks.js'
import { decodeMessage, encodeBody, type KnownCommand } from '../../src/p2p/wire/codec.js'
import { headerAt } from '../../src/p2p/wire/messages/headers.js'
import { INV, wholeBlockType } from '../../src/p2p/wire/messages/inv.js'
import { strippedTx } from '../../src/p2p/wire/messages/tx.js'
import { Bcoin } from '../p2p/kit/bcoin.js'
import { RawClient } from '../p2p/kit/raw-client.js'

jest.setTimeout(120_000)

const zero = new Uint8Array(32)

/** The networks whose rules bcoin follows under their magics; blocks of BSV are those without witnesses. */
const both = [
  ['bsv', networks.bsv.regtest],
  ['btc', networks.btc.regtest],
] as const

describe.each(both)('P2P-25 bcoin with the magic of %s', (family, network) => {
  let bcoin: Bcoin
  let client: RawClient
  const clients: RawClient[] = []

  /** From a local address of its own, since bcoin bans by address. */
  async function join(): Promise<RawClient> {
    const joined = await RawClient.connect(network, bcoin.port, `127.0.0.${clients.length + 2}`)
    clients.push(joined)
    await joined.handshake()
    return joined
  }

  beforeAll(async () => {
    bcoin = await Bcoin.start(network)
    await bcoin.mine(110)
    client = await join()
  })

  afterAll(async () => {
    for (const client of clients) client.close()
    await bcoin.close()
  })

  test('shakes hands', async () => {
    expect(await client.next('version')).toMatchObject({
      version: 70_015,
      startHeight: 110,
      relay: true,
      userAgent: expect.stringContaining('bcoin'),
    })
  })

  test('answers getheaders with headers that hang together', async () => {
    client.send('getheaders', { version: 70_015, hashes: [sha256d(network.genesis)], stop: zero })
    const headers = await client.next('headers')
    expect(headers.count).toBe(110)
    const hashes = Array.from({ length: 110 }, (_, index) => toDisplay(sha256d(headerAt(headers, index))))
    expect(hashes).toEqual(await bcoin.hashes(1, 110))
  })

  test('announces a block, and serves it', async () => {
    const blocks = client.count('inv')
    const { hash } = await bcoin.mine(1)
    const inv = await client.next('inv', blocks + 1)
    expect(inv).toEqual([{ type: INV.block, hash: fromDisplay(hash) }])
    client.send('getdata', [{ type: wholeBlockType(family), hash: fromDisplay(hash) }])
    const { payload } = await client.message('block')
    expect(toDisplay(sha256d(payload.subarray(0, 80)))).toBe(hash)
    if (family === 'btc') expect(Buffer.compare(payload, await bcoin.block(111))).toBe(0)
  })

  test('says what it lacks', async () => {
    client.send('getdata', [{ type: INV.block, hash: zero }])
    expect(await client.next('notfound')).toEqual([{ type: INV.block, hash: zero }])
  })

  test('asks for a transaction that is announced, and passes it on', async () => {
    const listener = await join()
    const { raw, txid } = await bcoin.spend(1)
    expect(toDisplay(sha256d(strippedTx(raw)))).toBe(txid)
    client.send('inv', [{ type: INV.tx, hash: fromDisplay(txid) }])
    const [wanted] = await client.next('getdata')
    expect(wanted && toDisplay(wanted.hash)).toBe(txid)
    client.sendPayload('tx', raw)
    const inv = await listener.next('inv')
    expect(inv.map(({ hash }) => toDisplay(hash))).toEqual([txid])
    expect(await bcoin.mempool()).toEqual([txid])
  })

  test('follows the longer of two branches', async () => {
    const before = await bcoin.tip()
    const after = await bcoin.reorg(3)
    expect(after.height).toBe(before.height + 1)
    expect(await bcoin.hashes(before.height, before.height)).not.toEqual([before.hash])
  })

  test('P2P-5 sent nothing that does not have the same bytes again', () => {
    const again = client.messages.flatMap(({ header: { command }, payload }) => {
      const message = decodeMessage(command, payload, family)
      if ('raw' in message) return []
      expect(encodeBody(command as KnownCommand, message.body as never, family)).toEqual(payload)
      return [command]
    })
    expect(again).toEqual(
      expect.arrayContaining(['version', 'verack', 'headers', 'inv', 'notfound', 'getdata']),
    )
  })
})
