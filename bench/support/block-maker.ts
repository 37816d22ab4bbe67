import type { Block } from '../../src/ledger/block.js'
import { BLOCK_VERSION } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import type { Branch } from '../../src/ledger/check-header-in-branch.js'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import { branchAfter } from '../../src/ledger/header-tree.js'
import { sealHeader } from '../../src/ledger/header.js'
import { merkleRoot } from '../../src/ledger/merkle.js'
import { nextBits } from '../../src/ledger/retarget.js'
import { blockReward } from '../../src/ledger/reward.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import { type Transaction, TRANSACTION_VERSION } from '../../src/ledger/transaction.js'

/** Makes the blocks of a chain from block 0 up, each on the chain's pace, without a node: quicker, and the same in every run. */
export class BlockMaker {
  readonly #chain: Chain
  readonly #address: string
  #branch: Branch | undefined

  /** `address` gets the rewards. */
  constructor(chain: Chain, address: string) {
    this.#chain = chain
    this.#address = address
  }

  /** The block after the last one made. Its transactions pay no fees. */
  next(transactions: readonly Transaction[] = []): Block {
    const { settings } = this.#chain
    const height = (this.#branch?.parent.height ?? -1) + 1
    const timestamp = settings.genesisTime + 1000 * settings.blockTime * (height + 1)
    const all = [this.#coinbase(height, timestamp), ...transactions]
    const bits = nextBits(this.#chain, this.#branch)
    const fields = {
      version: BLOCK_VERSION,
      height,
      previousHash: this.#branch?.parent.hash ?? this.#chain.id,
      merkleRoot: merkleRoot(all.map(({ id }) => id)),
      transactionCount: all.length,
      timestamp,
      bits,
    } as const
    const target = (compactToTarget(bits) ?? 0n).toString(16).padStart(64, '0')
    for (let nonce = 0; ; nonce++) {
      const header = sealHeader({ ...fields, nonce: nonce.toString(16).padStart(16, '0') })
      if (header.hash > target) continue
      this.#branch = branchAfter(this.#branch, header)
      return { header, transactions: all }
    }
  }

  #coinbase(height: number, timestamp: number): Transaction {
    const outputs = [{ address: this.#address, amount: blockReward(this.#chain, height) }]
    const payload = { kind: 'coinbase', height } as const
    return sealTransaction(
      {
        version: TRANSACTION_VERSION,
        chainId: this.#chain.id,
        timestamp,
        inputs: [],
        outputs,
        fee: 0,
        payload,
      },
      [],
    )
  }
}
