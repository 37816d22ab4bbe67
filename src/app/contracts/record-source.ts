import type { Blockchain } from '../../chain/blockchain.js'
import type { Pending } from '../../chain/pending.js'
import type { PlacedRecord, RecordSource } from '../../contract/remote/record-source.js'
import { comparePlaces, firstOrdinal } from '../../contract/remote/records/first-ordinal.js'
import { RuleError } from '../../ledger/rule-error.js'
import type { Transaction } from '../../ledger/transaction.js'

/** The records of the node's chain as remote contracts are told of them. */
export function recordSource(blockchain: Blockchain, pending: Pending): RecordSource {
  const { index, events } = blockchain
  const at = (txnType: string, ordinal: number): PlacedRecord | undefined => {
    const found = index.records.at('record', txnType, ordinal)
    if (!found) return undefined
    const { transactionId, height, index: place, timestamp, tag, payload } = found
    return { ordinal, transactionId, height, index: place, timestamp, txnType, tag, payload }
  }
  return {
    get chainId() {
      return blockchain.chain.id
    },
    height: () => blockchain.height(),
    hashAt: (height) => index.activeHash(height),
    count: (txnType) => index.records.count('record', txnType),
    at,
    ordinalOf(txnType, transactionId) {
      const place = index.place(transactionId)
      if (!place) return undefined
      const ordinal = firstOrdinal(index.records.count('record', txnType), (each) => {
        const there = index.records.placeAt('record', txnType, each)
        return !there || comparePlaces(there, place) >= 0
      })
      return at(txnType, ordinal)?.transactionId === transactionId ? ordinal : undefined
    },
    *from(txnType, from) {
      // One at a time: payloads may be large, and whoever reads may wait in between, while the chain changes.
      for (let ordinal = from; ; ordinal++) {
        const found = at(txnType, ordinal)
        if (!found) return
        yield found
      }
    },
    carrierOf: (outputId) => index.carrierOf(outputId),
    isPending: (transactionId) => pending.get(transactionId) !== undefined,
    async submit(transaction) {
      pending.vouch(transaction)
      try {
        await pending.submit(transaction)
      } catch (error) {
        // It waits already, and is on the disk.
        if (!(error instanceof RuleError && error.rule === 'POOL-1')) throw error
      }
    },
    onTip(listener) {
      const told = (): void => listener()
      events.on('tip', told)
      return () => events.off('tip', told)
    },
    onDropped(listener) {
      const told = ({ id }: Transaction): void => listener(id)
      events.on('dropped', told)
      return () => events.off('dropped', told)
    },
  }
}
