import type { Blockchain } from '../../chain/blockchain.js'
import type { Pending } from '../../chain/pending.js'
import type { CallChain, PlacedTransaction } from '../../contract/calls/call-chain.js'
import type { Transaction } from '../../ledger/transaction.js'
import { VALIDATION_CODE } from '../../ledger/validation-code.js'

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
    hasCall: (callId) => index.hasCall(callId),
    findCall: (callId) => findCall(blockchain, callId),
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

/** Reads the blocks from the last one down: for a call of an earlier run, which somebody still asks for. */
async function findCall(blockchain: Blockchain, callId: string): Promise<PlacedTransaction | undefined> {
  for (let height = blockchain.height(); height >= 0; height--) {
    const block = await blockchain.blockAt(height)
    for (const { id, payload } of block?.transactions ?? []) {
      if (payload?.kind !== 'invocation' || payload.callId !== callId) continue
      const place = blockchain.index.place(id)
      if (place?.code === VALIDATION_CODE.VALID) return { transactionId: id, place }
    }
  }
  return undefined
}
