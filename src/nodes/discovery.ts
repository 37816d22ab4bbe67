import pLimit, { type LimitFunction } from 'p-limit'
import type { BlockchainInfo } from '../api/schemas/info.js'
import { messageOf } from '../base/errors.js'
import type { Check, KnownNodes } from './known-nodes.js'
import { PeerError } from './peer-call.js'
import type { PeerClient } from './peer-client.js'
import { canonicalRecord, keyOf, type NodeRecord, urlOf } from './record.js'

/** The chain as discovery sees it. */
export interface ChainIdentity {
  chainId(): string
  /** Whether the info of the seed server may replace ours: no block yet, and nobody pinned it. */
  isAdoptable(): boolean
  /** Takes over the info of the seed server; returns whether anything changed. */
  adopt(info: BlockchainInfo): Promise<boolean>
}

export interface DiscoveryLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface DiscoveryOptions {
  readonly known: KnownNodes
  readonly peers: PeerClient
  readonly chain: ChainIdentity
  /** This node, told to others; absent for a seed server, which never announces itself. */
  readonly announce: NodeRecord | undefined
  /** Where the seed server answers; absent for a seed server. */
  readonly seedUrl: string | undefined
  /** Called when the seed server says who it is, so that it is never taken for a peer. */
  readonly onSeedRecord: (record: NodeRecord) => void
  readonly requireChainId: boolean
  readonly parallelCalls: number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly log: DiscoveryLog
}

/** What one round did. */
export interface RoundReport {
  readonly checked: number
  readonly dropped: number
  readonly asked: number
  readonly learned: number
  readonly askedSeed: boolean
  readonly seedAnswered: boolean | undefined
}

/**
 * One node's view of finding the others: check the known nodes, ask them for theirs while there are too few, and ask
 * the seed server as a last resort. Local reads are function calls; only other nodes are called over the network.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #limit: LimitFunction
  #isStopped = false

  constructor(options: DiscoveryOptions) {
    this.#options = options
    this.#limit = pLimit(options.parallelCalls)
  }

  /** Calls under way are about to be cut: their failure says nothing about the nodes. */
  stop(): void {
    this.#isStopped = true
  }

  async round(): Promise<RoundReport> {
    const { known, seedUrl } = this.#options
    const seedAnswered = await this.#greetSeed()
    const before = known.list()
    const silent = await this.#check([...before, ...known.candidates()])
    const asked = await this.#askKnownNodes(silent)
    const askedSeed = seedUrl !== undefined && known.isBelowLimit()
    if (askedSeed) await this.#askSeed(seedUrl)
    const after = known.list()
    return {
      checked: before.length,
      dropped: countMissing(before, after),
      asked,
      learned: countMissing(after, before),
      askedSeed,
      seedAnswered,
    }
  }

  /** Dials the nodes that wait for their first check; between rounds, so that newcomers need not wait for one. */
  async verifyCandidates(): Promise<void> {
    await this.#check(this.#options.known.candidates())
  }

  /**
   * Introduces this node to its seed server, which may have lost its memory, and takes over the chain that the seed
   * server founded. Returns whether it answered; undefined without a seed server.
   */
  async #greetSeed(): Promise<boolean | undefined> {
    const { seedUrl, peers, announce, chain, log, onSeedRecord } = this.#options
    if (seedUrl === undefined) return undefined
    try {
      if (chain.isAdoptable() && (await chain.adopt(await peers.info(seedUrl)))) {
        log.info({ chainId: chain.chainId() }, 'took over the blockchain info of the seed server')
      }
      const { value } = await peers.greet(seedUrl, announce)
      onSeedRecord(canonicalRecord(value))
      return true
    } catch (error) {
      if (!this.#isStopped) log.warn({ seed: seedUrl, reason: messageOf(error) }, 'the seed server is out of reach')
      return false
    }
  }

  /** Greets every node; returns the keys of those that did not answer well. */
  async #check(records: readonly NodeRecord[]): Promise<ReadonlySet<string>> {
    const isWell = await Promise.all(records.map((record) => this.#limit(() => this.#checkOne(record))))
    return new Set(records.filter((_, i) => !isWell[i]).map(keyOf))
  }

  async #checkOne(record: NodeRecord): Promise<boolean> {
    const { peers, announce } = this.#options
    try {
      const { value, chainId } = await peers.greet(urlOf(record), announce)
      this.#judge(record, canonicalRecord(value), chainId)
      return true
    } catch (error) {
      this.#blame(record, 'greeting', error)
      return false
    }
  }

  /** A call to the node failed. */
  #blame(record: NodeRecord, check: Check, error: unknown): void {
    const { known, log } = this.#options
    if (this.#isStopped) return
    const wasListed = known.list().length
    if (error instanceof PeerError && error.fault === 'misbehaved') known.ban(record)
    else known.fail(record, check)
    if (known.list().length < wasListed)
      log.info({ node: keyOf(record), reason: messageOf(error) }, 'dropped a node')
  }

  /** Holds the answer of a node against the address it was dialled at. */
  #judge(dialled: NodeRecord, answered: NodeRecord, chainId: string | undefined): void {
    const { known, log } = this.#options
    if (keyOf(answered) !== keyOf(dialled)) {
      const outcome = known.hear(answered, keyOf(dialled))
      if (outcome === 'self' || outcome === 'seed') known.markAlias(dialled)
      else known.remove(dialled)
      log.info(
        { node: keyOf(dialled), answers_as: keyOf(answered) },
        'dropped a node that goes by another address',
      )
    } else if (this.#isOurChain(chainId)) {
      known.confirm(dialled)
    } else {
      known.remove(dialled)
      log.info({ node: keyOf(dialled), chain_id: chainId }, 'dropped a node of another chain')
    }
  }

  #isOurChain(chainId: string | undefined): boolean {
    const { chain, requireChainId } = this.#options
    return chainId === undefined ? !requireChainId : chainId === chain.chainId()
  }

  /**
   * Asks known nodes for theirs, in random order, until there are enough; not those that were silent a moment ago: one
   * round is one failure. Returns how many were asked.
   */
  async #askKnownNodes(silent: ReadonlySet<string>): Promise<number> {
    const { known } = this.#options
    const able = known.list().filter((record) => !silent.has(keyOf(record)))
    let asked = 0
    const ask = async (record: NodeRecord): Promise<void> => {
      if (!known.isBelowLimit()) return
      asked++
      try {
        await this.#learnFrom(urlOf(record), keyOf(record))
        known.told(record)
      } catch (error) {
        this.#blame(record, 'list', error)
      }
    }
    await Promise.all(this.#shuffled(able).map((record) => this.#limit(() => ask(record))))
    return asked
  }

  async #askSeed(seedUrl: string): Promise<void> {
    try {
      await this.#learnFrom(seedUrl, 'seed')
    } catch (error) {
      this.#options.log.debug({ seed: seedUrl, reason: messageOf(error) }, 'the seed server did not tell its nodes')
    }
  }

  /** Nodes that a node of another chain names are of that chain, and none of ours. */
  async #learnFrom(baseUrl: string, source: string): Promise<void> {
    const { known, peers, announce } = this.#options
    const { value, chainId } = await peers.nodes(baseUrl, announce)
    if (!this.#isOurChain(chainId)) return
    for (const record of this.#shuffled(value)) {
      if (!known.isBelowLimit()) return
      known.hear(record, source)
    }
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const result = [...items]
    for (let i = result.length - 1; i > 0; i--) {
      const j = Math.floor(this.#options.random() * (i + 1))
      ;[result[i], result[j]] = [result[j] as T, result[i] as T]
    }
    return result
  }
}

/** How many of `records` are not among `others`. */
function countMissing(records: readonly NodeRecord[], others: readonly NodeRecord[]): number {
  const keys = new Set(others.map(keyOf))
  return records.filter((record) => !keys.has(keyOf(record))).length
}
