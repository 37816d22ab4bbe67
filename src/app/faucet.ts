import { ApiError } from '../api/errors.js'
import type { FaucetPort } from '../api/methods/development.js'
import type { Blockchain } from '../chain/blockchain.js'
import type { Pending } from '../chain/pending.js'
import { Turns } from '../chain/turns.js'
import { buildTransfer, type OwnedCoin } from '../wallet/build-transaction.js'
import type { KeyPair } from '../wallet/keys.js'
import { WalletError } from '../wallet/wallet-error.js'

export interface FaucetOptions {
  readonly blockchain: Blockchain
  readonly pending: Pending
  /** Of the account that pays. */
  readonly keys: KeyPair
  /** What is paid where the caller names no amount, in units. */
  readonly amount: number
  /** Of each payment, in units. */
  readonly fee: number
  readonly now: () => number
}

/** Coins looked at before the largest of them are chosen; an account may own a million. */
const MAX_CANDIDATES = 2000

/** Pays from one account, with real transactions. Payments take turns, so that no two choose the same coins. */
export function faucet(options: FaucetOptions): FaucetPort {
  const turns = new Turns()
  return { pay: (address, amount) => turns.take(() => pay(options, address, amount ?? options.amount)) }
}

async function pay(
  { blockchain, pending, keys, fee, now }: FaucetOptions,
  address: string,
  amount: number,
): Promise<{ readonly id: string; readonly amount: number }> {
  const { id: chainId, settings } = blockchain.chain
  const fund = (coins: readonly OwnedCoin[]) =>
    buildTransfer({ chainId, timestamp: now() }, [{ address, amount }], {
      coins,
      keys: [keys],
      changeAddress: keys.address,
      fee: () => fee,
      dustLimit: fee,
      maxInputs: settings.maxTransactionParts,
    })
  const confirmed = confirmedCoins(blockchain, pending, keys.address)
  const transaction =
    attempt(() => fund(confirmed)) ??
    attempt(() => fund([...confirmed, ...pendingCoins(pending, keys.address)]))
  if (!transaction) throw noCoins(blockchain, keys.address, amount + fee)
  await pending.submit(transaction)
  return { id: transaction.id, amount }
}

/** Undefined where the coins do not suffice. */
function attempt<T>(build: () => T): T | undefined {
  try {
    return build()
  } catch (error) {
    if (error instanceof WalletError && (error.code === 'funds' || error.code === 'too_many_inputs'))
      return undefined
    throw error
  }
}

function noCoins({ chain, index }: Blockchain, address: string, needed: number): ApiError {
  const { balance } = index.addressTotals(address)
  const { coinbaseMaturity } = chain.settings
  return new ApiError(
    'NO_COINS',
    `development account 0 (${address}) cannot pay ${needed} units now: mine blocks that pay it; each reward can be spent ${coinbaseMaturity + 1} blocks later`,
    { address, balance, needed },
  )
}

/** Coins that the next block may spend and no pending transaction does. */
function confirmedCoins(blockchain: Blockchain, { pool }: Pending, address: string): OwnedCoin[] {
  const { coinbaseMaturity } = blockchain.chain.settings
  const next = blockchain.height() + 1
  return [...blockchain.index.coinsOf(address, undefined, MAX_CANDIDATES)]
    .filter(({ entry }) => !entry.isCoinbase || next - entry.height > coinbaseMaturity)
    .filter(({ outpoint }) => !pool.spenderOf(outpoint))
    .map(({ outpoint, entry }) => ({ ...outpoint, amount: entry.amount, address }))
}

/** Outputs of pending transactions, such as change of an earlier payment. */
function pendingCoins({ pool }: Pending, address: string): OwnedCoin[] {
  return [...pool.touching(address)].flatMap(({ transaction }) =>
    transaction.outputs.flatMap((output, outputIndex) => {
      const outpoint = { transactionId: transaction.id, outputIndex }
      const isFree = output.address === address && !pool.spenderOf(outpoint)
      return isFree ? [{ ...outpoint, amount: output.amount, address }] : []
    }),
  )
}
