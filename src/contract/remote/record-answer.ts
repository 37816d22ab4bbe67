import type { RecordPlace } from '../../api/ports/remote.js'
import type { RecordAnswer } from '../../api/schemas/record.js'
import type { Transaction } from '../../ledger/transaction.js'
import type { FoundRecord } from './record-queries.js'
import { dragonchainTransaction } from './transaction-json.js'

/** A record or output of the chain, as callers of REST see it. */
export function foundAnswer(chainId: string, found: FoundRecord): RecordAnswer {
  const { kind, height, index, timestamp, contract, invokedBy, transactionId: txnId } = found
  return {
    kind,
    status: 'confirmed',
    height,
    index,
    timestamp,
    contract_id: contract === '' ? null : contract,
    transaction: dragonchainTransaction({ ...found, chainId, txnId, invoker: invokedBy }),
  }
}

/** Undefined where the transaction carries neither a record nor an output. `place`: null while it is pending. */
export function transactionAnswer(
  chainId: string,
  { id: txnId, timestamp, payload: carried }: Transaction,
  place: RecordPlace | null,
): RecordAnswer | undefined {
  if (carried?.kind !== 'record' && carried?.kind !== 'output') return undefined
  const { kind, txnType, tag, payload } = carried
  const height = place?.height ?? null
  const invoker = kind === 'output' ? carried.invokedBy : ''
  return {
    kind,
    status: place ? 'confirmed' : 'pending',
    height,
    index: place?.index ?? null,
    timestamp,
    contract_id: kind === 'output' ? carried.contract : null,
    transaction: dragonchainTransaction({
      chainId,
      txnType,
      txnId,
      height,
      timestamp,
      tag,
      invoker,
      payload,
    }),
  }
}
