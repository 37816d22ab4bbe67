import { messageOf } from '../../base/errors.js'
import type { MiningMode } from '../../mining/mode.js'
import { DEFAULTS } from '../settings/defaults.js'
import { livingClients, type NetworkView, type NodeView } from './network-view.js'

/** How nodes are made to mine. */
export interface MiningOrders {
  /** Mines blocks at once. */
  mineNow(name: string, count: number): Promise<unknown>
  setMode(name: string, mode: MiningMode): Promise<unknown>
}

export interface MinersOptions {
  readonly wanted: number
  readonly mode: MiningMode
  /** Only a node of this chain is told to mine: another would begin a chain of its own. */
  readonly chainId: string
  readonly orders: MiningOrders
  readonly onFault: (name: string, reason: string) => void
}

/** A coinbase can be spent once that many blocks lie on it: with these, there are coins to send from the start. */
const FIRST_BLOCKS = DEFAULTS.consensus.coinbase_maturity + 1

/** A client that asked its seed server that often and is on another chain will stay there. */
const PATIENT_ROUNDS = 3

/** Sees to it that enough nodes mine. Each is told once, so what people change by hand stays; another takes over for one that ended. */
export class Miners {
  readonly #options: MinersOptions
  readonly #told = new Set<string>()
  readonly #mining = new Set<string>()

  constructor(options: MinersOptions) {
    this.#options = options
  }

  /** Tells the next ones to mine, where too few do. Does not wait for them. */
  tend(view: NetworkView): void {
    const { wanted, mode, chainId } = this.#options
    if (mode === 'off') return
    for (const { name, state } of view) if (state === 'ended') this.#mining.delete(name)
    const hasBlocks = livingClients(view).some(({ tip }) => tip !== undefined)
    // One alone mines block 0, or there would be as many chains as miners.
    const places = (hasBlocks ? wanted : 1) - this.#mining.size
    if (places <= 0) return
    const able = livingClients(view).filter((node) => !this.#told.has(node.name) && !isLost(node, chainId))
    for (const node of able.slice(0, places)) if (node.chainId === chainId) void this.#tell(node, hasBlocks)
  }

  async #tell({ name }: NodeView, hasBlocks: boolean): Promise<void> {
    const { orders, mode, onFault } = this.#options
    this.#told.add(name)
    this.#mining.add(name)
    try {
      if (!hasBlocks) await orders.mineNow(name, FIRST_BLOCKS)
      await orders.setMode(name, mode)
    } catch (error) {
      this.#mining.delete(name)
      onFault(name, messageOf(error))
    }
  }
}

/** Whether the client is on another chain for good. */
function isLost({ chainId, tip, rounds }: NodeView, wanted: string): boolean {
  return chainId !== undefined && chainId !== wanted && (tip !== undefined || rounds > PATIENT_ROUNDS)
}
