import { expect, test } from '@jest/globals'
import type { BigTx, BigTxHandlers } from '../../../src/p2p/blocks/block-events.js'
import { LargeTxReader } from '../../../src/p2p/blocks/large-tx-reader.js'
import { sha256d } from '../../../src/p2p/hash.js'
import { joined, slices } from './kit/bytes.js'
import { type MadeTx, makeTx, txOfSize } from './kit/make-block.js'

async function read(tx: MadeTx, cut: number, takesParts: boolean, checksum = sha256d(tx.raw).slice(0, 4)) {
  const parts: Uint8Array[] = []
  const txs: BigTx[] = []
  const aborted: Error[] = []
  const handlers: BigTxHandlers = {
    onBigTx: (big) => {
      txs.push(big)
    },
    onBigTxAborted: (reason) => {
      aborted.push(reason)
    },
    ...(takesParts && {
      onTxChunk: ({ bytes, partNumber, isLast, offset }) => {
        expect(offset).toBe(500 * (partNumber - 1))
        expect(isLast).toBe(offset + bytes.length === tx.raw.length)
        parts.push(bytes.slice())
      },
    }),
  }
  const options = { handlers, witness: true, chunkBytes: 500 }
  const reader = new LargeTxReader({ length: tx.raw.length, checksum }, options)
  const run = async (): Promise<void> => {
    for (const slice of slices(tx.raw, [cut])) await reader.push(slice)
    await reader.end()
  }
  const error: unknown = await run().catch((reason: unknown) => reason)
  return { parts, txs, aborted, error }
}

const witness = makeTx({ inputs: [500, 300], outputs: [1000], witness: [[600, 20], [0]] })

test.each([
  ['plain', txOfSize(3333)],
  ['with witnesses', witness],
])('P2P-16 a message with a transaction above the limit comes in parts, then with its id: %s', async (_name, tx) => {
  for (const cut of [1, 33, 500, 5000]) {
    const { parts, txs, error } = await read(tx, cut, true)
    expect(error).toBeUndefined()
    expect(joined(parts)).toEqual(tx.raw)
    expect(txs).toEqual([{ txid: tx.txid, size: tx.raw.length, raw: undefined }])
  }
})

test('P2P-16 without a handler of parts it comes whole', async () => {
  const { txs, parts } = await read(witness, 70, false)
  expect(parts).toEqual([])
  expect(txs).toEqual([{ txid: witness.txid, size: witness.raw.length, raw: witness.raw }])
})

test('P2P-18 a transaction that is not sound is aborted', async () => {
  const tx = txOfSize(3333)
  const wrong = await read(tx, 100, true, new Uint8Array(4))
  expect(wrong.error).toMatchObject({ code: 'bad_checksum' })
  expect(wrong.aborted).toEqual([wrong.error])
  expect(wrong.txs).toEqual([])
  const long = await read({ ...tx, raw: joined([tx.raw, Uint8Array.of(0)]) }, 100, true)
  expect(long.error).toMatchObject({ code: 'trailing_bytes' })
  expect(long.aborted).toHaveLength(1)
})

test('a transaction larger than allowed is refused before its first byte', () => {
  const open = (): unknown =>
    new LargeTxReader({ length: 1001, checksum: undefined }, { handlers: {}, witness: false, maxTxBytes: 1000 })
  expect(open).toThrow(expect.objectContaining({ code: 'too_large' }))
})
