import type { OpenChain } from '../../src/app/open-chain.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { buildTransfer, type OwnedCoin } from '../../src/wallet/build-transaction.js'
import { account, type TestClock } from './chain.js'

/** What an account of the development wallet may spend on the chain now. */
export function coinsOf({ blockchain, pending }: OpenChain, n = 0): OwnedCoin[] {
  const { address } = account(n)
  const { index } = blockchain
  const height = blockchain.height() + 1
  const spendable = pending.pool.spendable(index, height)
  return [...index.coinsOf(address, undefined, 1000)]
    .filter(({ outpoint, entry }) => {
      const isMature = !entry.isCoinbase || height - entry.height > blockchain.chain.settings.coinbaseMaturity
      return isMature && spendable.utxo(outpoint) !== undefined
    })
    .map(({ outpoint, entry }) => ({ ...outpoint, amount: entry.amount, address }))
}

/** A payment of account 0 to account 1. `coins` are what may be spent, the first alone by default. */
export function transfer(
  chain: OpenChain,
  clock: TestClock,
  { amount = 1000, fee = 100, coins = coinsOf(chain).slice(0, 1) } = {},
): Transaction {
  return buildTransfer(
    { chainId: chain.blockchain.chain.id, timestamp: clock.nowMs },
    [{ address: account(1).address, amount }],
    {
      coins,
      keys: [account(0).keys],
      changeAddress: account(0).address,
      fee: () => fee,
      dustLimit: 0,
      maxInputs: 100,
    },
  )
}
