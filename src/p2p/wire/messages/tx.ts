import { ProtocolError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

export interface TxInput {
  /** The transaction whose output is spent: 32 bytes in internal order. */
  readonly previousHash: Uint8Array
  readonly previousIndex: number
  readonly script: Uint8Array
  readonly sequence: number
}

export interface TxOutput {
  /** In the smallest unit; the layout allows negative ones. */
  readonly value: bigint
  readonly script: Uint8Array
}

/** A transaction; scripts, hashes and witnesses are views of the bytes it was read from. */
export interface Tx {
  readonly version: number
  readonly inputs: readonly TxInput[]
  readonly outputs: readonly TxOutput[]
  /** BTC: for each input a stack of items. Absent where no input has any. */
  readonly witnesses?: readonly (readonly Uint8Array[])[]
  readonly lockTime: number
}

const LEAST_INPUT_BYTES = 36 + 1 + 4
const LEAST_OUTPUT_BYTES = 8 + 1
const WITNESS_MARKER = 0
const WITNESS_FLAG = 1

/** Bytes of the smallest transaction there is. */
export const LEAST_TX_BYTES = 10

/** With `witness` false the witnesses are left out: the bytes whose hash is the transaction id. */
export function encodeTx(tx: Tx, witness: boolean): Uint8Array {
  const writer = new ByteWriter(256)
  writeTx(writer, tx, witness)
  return writer.finish()
}

/** The bytes whose hash is the transaction id: `raw` itself where it has no witnesses. */
export function strippedTx(raw: Uint8Array): Uint8Array {
  const tx = decodeTx(raw, true)
  return tx.witnesses === undefined ? raw : encodeTx(tx, false)
}

export function writeTx(writer: ByteWriter, tx: Tx, witness: boolean): void {
  const witnesses = witness ? tx.witnesses : undefined
  writer.i32(tx.version)
  if (witnesses !== undefined) writer.u8(WITNESS_MARKER).u8(WITNESS_FLAG)
  writer.compactSize(tx.inputs.length)
  for (const { previousHash, previousIndex, script, sequence } of tx.inputs)
    writer.hash(previousHash).u32(previousIndex).varBytes(script).u32(sequence)
  writer.compactSize(tx.outputs.length)
  for (const { value, script } of tx.outputs) writer.i64(value).varBytes(script)
  for (const stack of witnesses ?? []) {
    writer.compactSize(stack.length)
    for (const item of stack) writer.varBytes(item)
  }
  writer.u32(tx.lockTime)
}

/** `witness` is a matter of the network: where it is false, a zero after the version is a count of inputs. */
export function decodeTx(payload: Uint8Array, witness: boolean): Tx {
  const reader = new ByteReader(payload)
  const tx = readTx(reader, witness)
  reader.end()
  return tx
}

/** Reads one transaction of several. */
export function readTx(reader: ByteReader, witness: boolean): Tx {
  const version = reader.i32()
  let inputs = readInputs(reader)
  const marked = witness && inputs.length === WITNESS_MARKER && reader.peek() !== 0
  if (marked) {
    const flag = reader.u8()
    if (flag !== WITNESS_FLAG)
      throw new ProtocolError('bad_value', `a transaction has the unknown flag ${flag}`)
    inputs = readInputs(reader)
  }
  const outputs = readOutputs(reader)
  if (!marked) return { version, inputs, outputs, lockTime: reader.u32() }
  const witnesses = inputs.map(() => readStack(reader))
  if (witnesses.every((stack) => stack.length === 0))
    throw new ProtocolError('bad_value', 'a transaction is marked for witnesses and has none')
  return { version, inputs, outputs, witnesses, lockTime: reader.u32() }
}

function readInputs(reader: ByteReader): TxInput[] {
  const count = reader.count(Number.MAX_SAFE_INTEGER, LEAST_INPUT_BYTES)
  return Array.from({ length: count }, () => ({
    previousHash: reader.hash(),
    previousIndex: reader.u32(),
    script: reader.varBytes(),
    sequence: reader.u32(),
  }))
}

function readOutputs(reader: ByteReader): TxOutput[] {
  const count = reader.count(Number.MAX_SAFE_INTEGER, LEAST_OUTPUT_BYTES)
  return Array.from({ length: count }, () => ({
    value: reader.i64(),
    script: reader.varBytes(),
  }))
}

function readStack(reader: ByteReader): Uint8Array[] {
  const count = reader.count(Number.MAX_SAFE_INTEGER, 1)
  return Array.from({ length: count }, () => reader.varBytes())
}
