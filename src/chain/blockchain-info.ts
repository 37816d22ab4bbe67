import { fail } from '../api/errors.js'
import { type BlockchainInfo, CONSENSUS_KEYS, DERIVED_KEYS } from '../api/schemas/info.js'
import { unitsOf } from '../ledger/amount-of-coins.js'
import { chainId } from '../ledger/chain-id.js'
import type { ConsensusSettings } from '../ledger/settings.js'

/** What the blocks say; nothing while there are none. */
export type DerivedInfo = Pick<BlockchainInfo, (typeof DERIVED_KEYS)[number]>

/** Settings of the chain that the info does not carry. */
export type FixedSettings = Omit<ConsensusSettings, 'name' | 'blockTime' | 'blockReward'>

export interface BlockchainInfoOptions {
  readonly initial: BlockchainInfo
  /** Whether the operator decided the info, so that no seed server's info replaces it. */
  readonly pinned: boolean
  readonly fixed: FixedSettings
  readonly derived: () => DerivedInfo | undefined
  readonly save: (info: BlockchainInfo, pinned: boolean) => Promise<void>
  /** The consensus settings changed, and with them the chain id. */
  readonly onNewChain: (settings: ConsensusSettings) => void
  /** The info was replaced. */
  readonly onChange?: () => void
  /** Runs a change while no block goes in: block 0 settles what the chain is. */
  readonly alone?: <T>(change: () => Promise<T>) => Promise<T>
}

/** The info of this node's chain: free to be replaced before block 0, decided by the chain afterwards. */
export class BlockchainInfoKeeper {
  readonly #options: BlockchainInfoOptions
  #info: BlockchainInfo
  #pinned: boolean
  #chainId: string
  #lastChange: Promise<unknown> = Promise.resolve()

  constructor(options: BlockchainInfoOptions) {
    this.#options = options
    this.#info = options.initial
    this.#pinned = options.pinned
    this.#chainId = chainId(this.settings())
  }

  get(): BlockchainInfo {
    return { ...this.#info, ...this.#options.derived() }
  }

  chainId(): string {
    return this.#chainId
  }

  settings(): ConsensusSettings {
    const { name, block_time: blockTime, block_reward: coins } = this.#info
    return { name, blockTime, blockReward: unitsOf(coins), ...this.#options.fixed }
  }

  isAdoptable(): boolean {
    return !this.#pinned && this.#options.derived() === undefined
  }

  /** Replaces the info on the operator's word and pins it. Once there are blocks it may only repeat what the chain says. */
  put(info: BlockchainInfo): Promise<BlockchainInfo> {
    return this.#inTurn(async () => {
      if (this.#options.derived() !== undefined) this.#refuseConflicts(info)
      await this.#replace(info, true)
      return this.get()
    })
  }

  /** Takes over the info of the seed server, if it still may; returns whether it differs from ours. */
  adopt(info: BlockchainInfo): Promise<boolean> {
    return this.#inTurn(async () => {
      const current = this.get()
      const isSame = [...CONSENSUS_KEYS, ...DERIVED_KEYS].every((key) => info[key] === current[key])
      if (isSame || !this.isAdoptable()) return false
      await this.#replace(info, false)
      return true
    })
  }

  /** One change at a time: what the operator puts while another info is being saved wins. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const { alone = (job) => job() } = this.#options
    const result = this.#lastChange.then(() => alone(change))
    this.#lastChange = result.catch(() => undefined)
    return result
  }

  #refuseConflicts(info: BlockchainInfo): void {
    const current = this.get()
    const keys = [...CONSENSUS_KEYS, ...DERIVED_KEYS].filter((key) => info[key] !== current[key])
    if (keys.length === 0) return
    fail('INFO_CONFLICT', `the chain has blocks and decides ${keys.join(', ')}`, { keys })
  }

  async #replace(info: BlockchainInfo, pinned: boolean): Promise<void> {
    // Saved first: what is acknowledged is never lost.
    await this.#options.save(info, pinned)
    this.#info = info
    this.#pinned = pinned
    const before = this.#chainId
    this.#chainId = chainId(this.settings())
    if (this.#chainId !== before) this.#options.onNewChain(this.settings())
    this.#options.onChange?.()
  }
}
