import type { Blockchain } from '../../chain/blockchain.js'
import type { Pending } from '../../chain/pending.js'
import type { RecordChain } from '../../contract/remote/records-service.js'

/** The chain of the node and its mempool, as records are put there and found. */
export function recordChain(blockchain: Blockchain, pending: Pending): RecordChain {
  return {
    get id() {
      return blockchain.chain.id
    },
    vouch: (transaction) => pending.vouch(transaction),
    submitMany: (transactions) => pending.submitMany(transactions),
    async find(transactionId) {
      const waiting = pending.get(transactionId)
      if (waiting) return { transaction: waiting, place: null }
      const place = blockchain.index.place(transactionId)
      if (!place) return undefined
      const hash = blockchain.index.activeHash(place.height)
      if (hash === undefined) return undefined
      const { height, index } = place
      const transaction = (await blockchain.block(hash))?.transactions[index]
      // A reorg may have put another block there meanwhile.
      return transaction?.id === transactionId ? { transaction, place: { height, index } } : undefined
    },
  }
}
