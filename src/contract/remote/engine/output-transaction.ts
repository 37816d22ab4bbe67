import type { Json } from '../../../base/json.js'
import { requireHashable } from '../../../ledger/payload/hashable-json.js'
import type { OutputPayload } from '../../../ledger/payload/output.js'
import { RuleError } from '../../../ledger/rule-error.js'
import { sealTransaction } from '../../../ledger/seal-transaction.js'
import type { Transaction, UnsignedTransaction } from '../../../ledger/transaction.js'
import type { KeyPair } from '../../../wallet/keys.js'
import { signTransaction } from '../../../wallet/sign-transaction.js'
import type { EndedRow, Invoker } from './rows.js'

/** Bytes of one signature in canonical JSON. */
const SIGNATURE_BYTES = 224

/** What is on every output of a contract at a node. */
export interface OutputOrigin {
  readonly chainId: string
  readonly txnType: string
  /** Address of the node's key. */
  readonly invoker: string
}

interface Said {
  readonly tag: string
  /** Null: the result is the error. */
  readonly dataJson: string | null
  readonly error: string | null
}

/** REM-31: the same for the same result, whenever it is made. */
export function unsignedOutput(
  { chainId, txnType, invoker }: OutputOrigin,
  { contractId, txnId, timestampMs }: Pick<Invoker, 'contractId' | 'txnId' | 'timestampMs'>,
  said: Said,
): UnsignedTransaction {
  const payload: OutputPayload = {
    kind: 'output',
    txnType,
    tag: said.tag,
    payload: said.error === null ? hashable(said.dataJson ?? '{}') : { error: said.error },
    invoker,
    contract: contractId,
    invokedBy: txnId,
  }
  return { version: 1, chainId, timestamp: timestampMs, inputs: [], outputs: [], fee: 0, payload }
}

/** Id and size, without the work of signing. */
export function measuredOutput(unsigned: UnsignedTransaction): Pick<Transaction, 'id' | 'bytes'> {
  const { id, bytes } = sealTransaction(unsigned, [])
  return { id, bytes: bytes + SIGNATURE_BYTES }
}

/** The output of an invocation that has one. */
export function outputOf(origin: OutputOrigin, row: EndedRow, keys: KeyPair): Transaction {
  const error = row.state === 'failed' ? row.error : null
  return signTransaction(unsignedOutput(origin, row, { tag: row.tag, dataJson: row.dataJson, error }), [keys])
}

/** REM-32: a result with numbers or depths that no chain hashes stands as its text. */
function hashable(dataJson: string): Json {
  const data = JSON.parse(dataJson) as Json
  try {
    requireHashable(data)
    return data
  } catch (error) {
    if (error instanceof RuleError) return { json: dataJson }
    throw error
  }
}
