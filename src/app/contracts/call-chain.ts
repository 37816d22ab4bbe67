import type { Blockchain } from '../../chain/blockchain.js'
import type { Pending } from '../../chain/pending.js'
import type { CallChain } from '../../contract/calls/call-chain.js'
import type { Transaction } from '../../ledger/transaction.js'

/** The chain of the node as contract calls reach it. */
export function callChain(blockchain: Blockchain, pending: Pending): CallChain {
  const { index, events } = blockchain
  return {
    get id() {
      return blockchain.chain.id
    },
    height: () => blockchain.height(),
    activeHash: (height) => index.activeHash(height),
    block: (hash) => blockchain.block(hash),
    place: (transactionId) => index.place(transactionId),
    idAt: (place) => index.transactionAt(place),
    world: index,
    carrierOf: (callId) => index.carrierOf(callId),
    pending: () => transactionsOf(pending),
    isPending: (transactionId) => pending.get(transactionId) !== undefined,
    vouch: (transaction) => pending.vouch(transaction),
    submit: (transaction) => pending.submit(transaction),
    onConnected(listener) {
      events.on('connected', listener)
      return () => events.off('connected', listener)
    },
    onTip(listener) {
      const told = (): void => listener()
      events.on('tip', told)
      return () => events.off('tip', told)
    },
    onDropped(listener) {
      events.on('dropped', listener)
      return () => events.off('dropped', listener)
    },
  }
}

function* transactionsOf({ pool }: Pending): Generator<Transaction> {
  for (const { transaction } of pool.pending()) yield transaction
}
