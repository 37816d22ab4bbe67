import type { RootDatabase } from 'lmdb'
import type { Blockchain } from '../../chain/blockchain.js'
import { NodeRecordQueries } from '../../contract/remote/records/node-record-queries.js'
import type { RecordLanes } from '../../contract/remote/records/record-lanes.js'
import type { Block } from '../../ledger/block.js'
import { RecordFields } from '../../store/remote/record-fields.js'

/** Queries of the records of the node's chain. To be closed before `root`, which stays its opener's, and the chain. */
export function openRecordQueries(
  root: RootDatabase<unknown, string>,
  blockchain: Blockchain,
  onError: (error: unknown) => void,
): NodeRecordQueries {
  return new NodeRecordQueries({
    store: new RecordFields(root),
    lanes: recordLanes(blockchain),
    now: () => performance.now(),
    onError,
  })
}

function recordLanes({ index, events }: Blockchain): RecordLanes {
  return {
    hashAt: (height) => index.activeHash(height),
    count: (lane, txnType) => index.records.count(lane, txnType),
    at: (lane, txnType, ordinal) => index.records.at(lane, txnType, ordinal),
    placeAt: (lane, txnType, ordinal) => index.records.placeAt(lane, txnType, ordinal),
    onChange(listener) {
      const told = (block: Block): void => {
        const types = typesIn(block)
        if (types.size > 0) listener(types)
      }
      events.on('connected', told)
      events.on('disconnected', told)
      return () => {
        events.off('connected', told)
        events.off('disconnected', told)
      }
    },
  }
}

function typesIn({ transactions }: Block): ReadonlySet<string> {
  const types = new Set<string>()
  for (const { payload } of transactions)
    if (payload?.kind === 'record' || payload?.kind === 'output') types.add(payload.txnType)
  return types
}
