import type { Block } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import type { Account } from '../../src/wallet/account.js'
import { developmentWallet } from '../../src/wallet/development-accounts.js'
import { BlockMaker } from './block-maker.js'
import { type OwnCoin, transfer } from './transfer.js'

/** Outputs that one transaction makes, and transactions of one block. */
const OUTPUTS = 1000
const TRANSACTIONS = 40

/** In units; a million of these are what the first block creates by default. */
export const AMOUNT = 150

/**
 * Blocks that make so many thousand outputs of one coin, each transaction a thousand of them.
 * @param addressOf who gets the output of this number
 * @param onMade told with every transaction that makes a thousand, in order
 */
export async function* wideBlocks(
  chain: Chain,
  thousands: number,
  addressOf: (output: number) => string,
  onMade: (made: Transaction) => void = () => undefined,
): AsyncGenerator<Block> {
  const payer = (await developmentWallet()).account(0)
  const maker = new BlockMaker(chain, payer.address)
  const first = maker.next()
  yield first
  for (let i = 0; i < chain.settings.coinbaseMaturity; i++) yield maker.next()
  const root = spread(chain, payer, first, thousands)
  yield maker.next([root])
  for (let from = 0; from < thousands; from += TRANSACTIONS) {
    const made: Transaction[] = []
    for (let n = from; n < Math.min(thousands, from + TRANSACTIONS); n++) {
      const outputs = Array.from({ length: OUTPUTS }, (_, i) => ({
        address: addressOf(n * OUTPUTS + i),
        amount: AMOUNT,
      }))
      made.push(transfer(chain.id, { owner: payer, transactionId: root.id, outputIndex: n }, outputs, 0))
    }
    made.forEach(onMade)
    yield maker.next(made)
  }
}

/** Blocks as of {@link wideBlocks} whose outputs all belong to development accounts, and a coin for each of them. */
export async function ownedBlocks(
  chain: Chain,
  thousands: number,
): Promise<{ readonly blocks: AsyncGenerator<Block>; readonly coins: OwnCoin[] }> {
  const { accounts } = await developmentWallet()
  const ownerOf = (output: number): Account => accounts[output % accounts.length] as Account
  const coins: OwnCoin[] = []
  const blocks = wideBlocks(
    chain,
    thousands,
    (output) => ownerOf(output).address,
    ({ id, outputs }) => {
      for (const outputIndex of outputs.keys())
        coins.push({ owner: ownerOf(outputIndex), transactionId: id, outputIndex })
    },
  )
  return { blocks, coins }
}

/** Parts the first reward into as many coins as there will be transactions that make a thousand outputs of one. */
function spread(chain: Chain, payer: Account, first: Block, thousands: number): Transaction {
  const { address } = payer
  const outputs = Array.from({ length: thousands }, () => ({ address, amount: OUTPUTS * AMOUNT }))
  const rest = chain.settings.blockReward - thousands * OUTPUTS * AMOUNT
  if (rest > 0) outputs.push({ address, amount: rest })
  const coin = { owner: payer, transactionId: first.transactions[0]?.id ?? '', outputIndex: 0 }
  return transfer(chain.id, coin, outputs, 0)
}
