import { sha256d } from '../../../../src/p2p/hash.js'
import { ByteWriter, compactSizeLength } from '../../../../src/p2p/wire/writer.js'
import { joined, noise } from './bytes.js'

export interface TxShape {
  /** Script bytes of each input. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Bytes of each item of the witness of each input. */
  readonly witness?: readonly (readonly number[])[]
}

/** A transaction of that shape, and its id. */
export interface MadeTx {
  readonly raw: Uint8Array
  readonly txid: Uint8Array
}

export function makeTx({ inputs, outputs, witness }: TxShape, seed = 1): MadeTx {
  const body = new ByteWriter().compactSize(inputs.length)
  inputs.forEach((length, i) => body.bytes(noise(36, seed + i)).varBytes(noise(length, seed)).u32(seed))
  body.compactSize(outputs.length)
  outputs.forEach((length, i) => body.u64(BigInt(i)).varBytes(noise(length, seed + 7)))
  const tail = new ByteWriter()
  for (const items of witness ?? []) {
    tail.compactSize(items.length)
    items.forEach((length, i) => tail.varBytes(noise(length, seed + 11 + i)))
  }
  const [version, lockTime] = [new ByteWriter().i32(2).finish(), new ByteWriter().u32(seed).finish()]
  const stripped = joined([version, body.finish(), lockTime])
  const marker = Uint8Array.of(0, 1)
  const raw = witness ? joined([version, marker, body.finish(), tail.finish(), lockTime]) : stripped
  return { raw, txid: sha256d(stripped) }
}

/** A transaction of exactly so many bytes, nearly all of them one script. */
export function txOfSize(bytes: number, seed = 1): MadeTx {
  for (const output of [0, 2, 4]) {
    const others = 60 - 1 + output
    for (const sizeBytes of [1, 3, 5] as const) {
      const script = bytes - others - sizeBytes
      if (script >= 0 && compactSizeLength(script) === sizeBytes)
        return makeTx({ inputs: [script], outputs: [output] }, seed)
    }
  }
  throw new Error(`no transaction has ${bytes} bytes`)
}

export interface MadeBlock {
  readonly raw: Uint8Array
  readonly hash: Uint8Array
  readonly header: Uint8Array
  readonly checksum: Uint8Array
  /** Where each transaction starts, by their lengths. */
  readonly offsets: readonly number[]
}

export function makeBlock(txs: readonly MadeTx[], changes: { root?: Uint8Array; count?: number } = {}): MadeBlock {
  const header = new ByteWriter()
    .i32(4)
    .bytes(noise(32, 5))
    .bytes(changes.root ?? rootOf(txs.map(({ txid }) => txid)))
    .u32(1_700_000_000)
    .u32(0x207fffff)
    .u32(7)
    .finish()
  const count = new ByteWriter().compactSize(changes.count ?? txs.length).finish()
  const raw = joined([header, count, ...txs.map((tx) => tx.raw)])
  let at = header.length + count.length
  const offsets = txs.map((tx) => (at += tx.raw.length) - tx.raw.length)
  return { raw, hash: sha256d(header), header, checksum: sha256d(raw).slice(0, 4), offsets }
}

/** The merkle root as its definition has it: level by level. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length <= 1) return hashes[0] ?? new Uint8Array(32)
  const above: Uint8Array[] = []
  for (let i = 0; i < hashes.length; i += 2) {
    const left = hashes[i] as Uint8Array
    above.push(sha256d(joined([left, hashes[i + 1] ?? left])))
  }
  return rootOf(above)
}
