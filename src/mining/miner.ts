import { assert } from '../base/errors.js'
import type { Blockchain } from '../chain/blockchain.js'
import type { Pending } from '../chain/pending.js'
import { Turns } from '../chain/turns.js'
import type { Block } from '../ledger/block.js'
import type { Sleep } from '../time/sleep.js'
import { autoMode } from './auto-mode.js'
import { BlockMaker } from './block-maker.js'
import { intervalMode } from './interval-mode.js'
import type { MiningMode, RunMode } from './mode.js'
import { NonceFinder } from './nonce-finder.js'
import { powMode } from './pow-mode.js'
import { supervise } from './supervise.js'

/** What can be changed while the node runs. */
export interface MinerSettings {
  readonly mode: MiningMode
  /** Needed for every mode but off. */
  readonly rewardAddress?: string | undefined
  /** Pace of mode interval; the chain's block time if absent. */
  readonly intervalMs?: number | undefined
}

export interface MinerOptions extends MinerSettings {
  readonly blockchain: Blockchain
  readonly pending: Pending
  /** How long mode auto waits for more transactions after the first. */
  readonly gatherMs: number
  /** Worker threads that search; 0: one less than there are cores, at least one. */
  readonly threads: number
  readonly now: () => number
  readonly sleep: Sleep
  /** A mode or a thread failed; it is started again after a while. */
  readonly onError: (error: unknown) => void
  readonly onMined?: (block: Block) => void
  /** The module that threads run; as built by default. */
  readonly searchModule?: URL
}

const MODES: Readonly<Record<Exclude<MiningMode, 'off'>, RunMode>> = {
  auto: autoMode,
  interval: intervalMode,
  pow: powMode,
}

/** Longest time for blocks on demand: with each block in a hurry the difficulty may rise out of reach. */
const ON_DEMAND_MS = 30_000

/** Mines in its mode, and on demand. Whatever it searches for, it searches for one block at a time. */
export class Miner {
  readonly finder: NonceFinder
  readonly #options: MinerOptions
  readonly #maker: BlockMaker
  readonly #life = new AbortController()
  readonly #turns = new Turns()
  #settings: MinerSettings
  #loop: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  #blocksMined = 0

  constructor(options: MinerOptions) {
    const { blockchain, pending, threads, now, sleep, onError, onMined, searchModule: module } = options
    this.#options = options
    this.#settings = options
    this.finder = new NonceFinder({ threads, now, sleep, onThreadDeath: onError, module })
    this.#maker = new BlockMaker({
      blockchain,
      pool: () => pending.pool,
      finder: this.finder,
      now,
      sleep,
      onMined: (block) => {
        this.#blocksMined += 1
        onMined?.(block)
      },
    })
  }

  /** Since the start, by mode or on demand. */
  get blocksMined(): number {
    return this.#blocksMined
  }

  get settings(): MinerSettings {
    return this.#settings
  }

  /** Pace of mode interval. */
  get intervalMs(): number {
    return this.#settings.intervalMs ?? this.#options.blockchain.chain.settings.blockTime * 1000
  }

  /** Begins in the mode of the settings, unless a change has begun another already. */
  start(): Promise<void> {
    return this.#turns.take(() => {
      if (!this.#loop) this.#startLoop()
    })
  }

  /** Aborts what is searched for and ends all threads. A block that is being put on the chain is put on it. */
  async close(): Promise<void> {
    this.#life.abort()
    await this.#turns.take(() => this.#stopLoop())
    await this.finder.close()
  }

  /** Goes on in another mode, or for another address. */
  change(settings: MinerSettings): Promise<void> {
    return this.#turns.take(async () => {
      await this.#stopLoop()
      this.#settings = settings
      this.#startLoop()
    })
  }

  /**
   * Mines blocks at once, whatever the mode, which rests meanwhile. Returns those it mined within half a minute: fewer
   * than `count` where they were too hard to find.
   */
  mineNow(count: number, rewardAddress: string): Promise<readonly Block[]> {
    return this.#turns.take(async () => {
      await this.#stopLoop()
      try {
        return await this.#mineMany(count, rewardAddress)
      } finally {
        this.#startLoop()
      }
    })
  }

  /** The block that would follow the tip now; all it lacks is a nonce. */
  template(rewardAddress: string): Promise<Block> {
    return this.#maker.template(rewardAddress)
  }

  async #mineMany(count: number, rewardAddress: string): Promise<readonly Block[]> {
    const stop = this.#stopper()
    void this.#options.sleep(ON_DEMAND_MS, stop.signal).then(() => stop.abort())
    const blocks: Block[] = []
    while (blocks.length < count && !stop.signal.aborted) {
      const block = await this.#maker.mine({ rewardAddress, allowEmpty: true }, stop.signal)
      if (block) blocks.push(block)
    }
    stop.abort()
    return blocks
  }

  #startLoop(): void {
    const { mode, rewardAddress } = this.#settings
    if (mode === 'off' || this.#life.signal.aborted) return
    assert(this.#loop === undefined, 'one mode runs at a time')
    assert(rewardAddress !== undefined, `mode ${mode} has an address for its rewards`)
    const { blockchain, pending, gatherMs, now, sleep, onError } = this.#options
    const maker = this.#maker
    const context = { maker, blockchain, pool: () => pending.pool, rewardAddress, gatherMs, now, sleep }
    const run = (signal: AbortSignal): Promise<void> =>
      MODES[mode]({ ...context, intervalMs: this.intervalMs }, signal)
    const stop = this.#stopper()
    this.#loop = { stop, ended: supervise(run, { onError, now, sleep }, stop.signal) }
  }

  async #stopLoop(): Promise<void> {
    this.#loop?.stop.abort()
    await this.#loop?.ended
    this.#loop = undefined
  }

  /** Aborts at the latest when the miner closes. */
  #stopper(): AbortController {
    const stop = new AbortController()
    const { signal } = this.#life
    if (signal.aborted) stop.abort()
    const abort = (): void => stop.abort()
    signal.addEventListener('abort', abort)
    stop.signal.addEventListener('abort', () => signal.removeEventListener('abort', abort), { once: true })
    return stop
  }
}
