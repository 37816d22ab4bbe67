import type { Block } from '../block.js'
import type { Binary } from '../payload/binary.js'
import type { KeyVersion } from '../payload/key-access.js'
import type { ValidationCode } from '../validation-code.js'
import { validInvocationsOf } from './block-invocations.js'
import { isContractName } from './namespaces.js'

/** One write of a valid call to a key of a contract's public state (CON-28). */
export interface HistoryWrite {
  readonly namespace: string
  readonly key: string
  /** The transaction that wrote. */
  readonly version: KeyVersion
  readonly callId: string
  /** Of the transaction, in ms since 1970. */
  readonly timestampMs: number
  /** Null: it deleted the key. */
  readonly value: Binary | null
}

/** What a block adds to the history of keys, in its order. */
export function* historyOf(
  block: Block,
  codeOf: (transactionId: string, index: number) => ValidationCode,
): Generator<HistoryWrite> {
  for (const { transaction, call, height, index } of validInvocationsOf(block, codeOf)) {
    const version = { height, index }
    const { callId } = call
    for (const { namespace, key, value } of call.writes) {
      if (!isContractName(namespace)) continue
      yield { namespace, key, version, callId, timestampMs: transaction.timestamp, value }
    }
  }
}
