import { encodeTransaction } from '../../../ledger/encode-transaction.js'
import type { Transaction } from '../../../ledger/transaction.js'
import { NoAnswerError } from '../../../rest/client.js'
import { DEFAULTS } from '../../settings/defaults.js'
import type { Command } from '../command.js'
import { askYes } from './ask.js'
import { follow, type Outcome } from './follow.js'
import { canAsk, type Io } from './io.js'
import { type Node, withNode } from './node.js'
import { flagsOf, nodeUrl } from './options.js'
import { type Order, ORDER_FORM, orderOf } from './order.js'
import { buildPayment, describePayment, type Payment } from './payment.js'
import { print, printJson, remark } from './print.js'
import { openWallet } from './source.js'

/** Pays coins. */
export const send = (io: Io): Command => ({
  name: 'send',
  describe: 'pay coins to an address or another account',
  async run(args) {
    const flags = await flagsOf(ORDER_FORM, args)
    const order = orderOf(flags)
    const url = nodeUrl(flags)
    if (!order.isConfirmed && !canAsk(io))
      throw new Error('nobody can be asked here whether to send: --yes sends without asking')
    await withNode(url, async (node) => {
      const chainId = await chainIdOf(node, order.chainId)
      const wallet = await openWallet(io, flags)
      const payment = await buildPayment(wallet, node, { chainId, timestamp: io.now() }, order)
      remark(io, describePayment(payment, node))
      if (!order.isConfirmed && !(await askYes(io, 'Send it?'))) throw new Error('nothing was sent')
      await submit(node, payment.transaction)
      await report(io, node, payment, order)
    })
  },
})

async function chainIdOf(node: Node, wanted: string | undefined): Promise<string> {
  const { chain_id: chainId } = await node.call('node.health', {})
  if (wanted === undefined || wanted.toLowerCase() === chainId) return chainId
  throw new Error(`the node at ${node.url} is on chain ${chainId}, not on ${wanted}; nothing was sent`)
}

async function submit(node: Node, transaction: Transaction): Promise<void> {
  try {
    await node.call('transactions.submit', encodeTransaction(transaction))
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    throw new Error(
      `${error.message}; whether it took transaction ${transaction.id} is not known, so look at "terrarium wallet history" before you send again`,
      { cause: error },
    )
  }
}

/** Prints what was sent, and what became of it where somebody waits for that. */
async function report(io: Io, node: Node, payment: Payment, order: Order): Promise<void> {
  const { id } = payment.transaction
  if (!order.isJson) print(io, id)
  const outcome = await outcomeOf(io, node, id, order)
  if (order.isJson) printJson(io, jsonOf(payment, outcome))
  if (outcome.fault !== undefined) throw new Error(outcome.fault)
}

async function outcomeOf(
  io: Io,
  node: Node,
  id: string,
  { confirmations, waitLimitMs }: Order,
): Promise<Outcome> {
  if (confirmations === 0) return { status: 'pending', confirmations: 0, block: null }
  return follow({
    id,
    confirmations,
    limitMs: waitLimitMs,
    pollMs: DEFAULTS.wallet.poll_interval * 1000,
    node,
    now: io.now,
    tell: (text) => remark(io, text),
  })
}

function jsonOf(
  { transaction, from, to, amount, change }: Payment,
  { status, confirmations, block }: Outcome,
): object {
  const { id, chainId, fee } = transaction
  return { id, chain_id: chainId, from: from.address, to, amount, fee, change, status, confirmations, block }
}
