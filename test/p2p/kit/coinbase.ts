import { encodeTx } from '../../../src/p2p/wire/messages/tx.js'
import { ByteWriter } from '../../../src/p2p/wire/writer.js'

const COIN = 100_000_000n
const OP_TRUE = 0x51

/** A coinbase that differs from those of other heights and other salts. */
export function coinbaseTx(height: number, salt: number): Uint8Array {
  const input = {
    previousHash: new Uint8Array(32),
    previousIndex: 0xffff_ffff,
    script: new ByteWriter(10).u8(4).u32(height).u8(4).u32(salt).finish(),
    sequence: 0xffff_ffff,
  }
  const output = { value: 50n * COIN, script: Uint8Array.of(OP_TRUE) }
  return encodeTx({ version: 1, inputs: [input], outputs: [output], lockTime: 0 }, false)
}
