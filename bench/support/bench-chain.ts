import { blockTemplate, withNonce } from '../../src/chain/block-template.js'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { Block } from '../../src/ledger/block.js'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import type { Mempool } from '../../src/ledger/mempool.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import type { Account } from '../../src/wallet/account.js'
import { developmentWallet } from '../../src/wallet/development-accounts.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'

/** A chain with the easiest work, so that a bench spends its time on blocks. */
export const SYNC_CHAIN: ConsensusSettings = {
  name: 'bench',
  blockTime: 1,
  blockReward: 150_000_000,
  coinbaseMaturity: 0,
  powLimitBits: 0x207fffff,
  retarget: 'none',
  halfLifeBlocks: 24,
  genesisTime: 1_767_225_600_000,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 86_400_000,
  maxBlockBytes: 4_000_000,
  maxTransactionBytes: 1_000_000,
  maxTransactionParts: 1000,
}

const AMOUNT = 1000

/** Puts blocks on a chain that is empty: one that pays, one that spreads, then each with so many one-input transfers. */
export async function growBenchChain(chain: OpenChain, blocks: number, transactions: number): Promise<void> {
  const { accounts } = await developmentWallet()
  const [payer] = accounts
  if (!payer) throw new Error('the development wallet has accounts')
  const first = await append(chain, payer.address, [], 0)
  const coinbase = first.transactions[0] as Transaction
  const owners = Array.from({ length: transactions }, (_, i) => accounts[i % accounts.length] as Account)
  const spread = signTransaction(
    {
      version: 1,
      chainId: chain.blockchain.chain.id,
      timestamp: 0,
      inputs: [{ transactionId: coinbase.id, outputIndex: 0 }],
      outputs: [
        ...owners.map(({ address }) => ({ address, amount: AMOUNT })),
        { address: payer.address, amount: SYNC_CHAIN.blockReward - AMOUNT * transactions },
      ],
      fee: 0,
    },
    [payer.keys],
  )
  await append(chain, payer.address, [spread], 1)
  let coins = owners.map((owner, outputIndex) => ({ owner, transactionId: spread.id, outputIndex }))
  for (let height = 2; height < blocks; height++) {
    const moves = coins.map(({ owner, transactionId, outputIndex }, i) => {
      const receiver = accounts[(i + height) % accounts.length] as Account
      const transfer = signTransaction(
        {
          version: 1,
          chainId: chain.blockchain.chain.id,
          timestamp: height,
          inputs: [{ transactionId, outputIndex }],
          outputs: [{ address: receiver.address, amount: AMOUNT }],
          fee: 0,
        },
        [owner.keys],
      )
      return { transfer, coin: { owner: receiver, transactionId: transfer.id, outputIndex: 0 } }
    })
    await append(
      chain,
      payer.address,
      moves.map(({ transfer }) => transfer),
      height,
    )
    coins = moves.map(({ coin }) => coin)
  }
}

async function append(
  { blockchain }: OpenChain,
  address: string,
  transactions: readonly Transaction[],
  height: number,
): Promise<Block> {
  const pool = { select: () => transactions } as unknown as Mempool
  const template = blockTemplate(blockchain, pool, address, SYNC_CHAIN.genesisTime + 1000 * (height + 1))
  const target = compactToTarget(template.header.bits) ?? 0n
  for (let nonce = 0; ; nonce++) {
    const block = withNonce(template, nonce.toString(16).padStart(16, '0'))
    if (BigInt(`0x${block.header.hash}`) > target) continue
    await blockchain.submit(block)
    return block
  }
}
