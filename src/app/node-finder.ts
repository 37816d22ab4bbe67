import type { Caller } from '../api/method.js'
import type { NodesPort } from '../api/methods/nodes.js'
import { ipInUrl } from '../base/ip.js'
import { AddressPolicy } from '../nodes/address-policy.js'
import { type ChainIdentity, Discovery, type RoundReport } from '../nodes/discovery.js'
import { discoveryLoop } from '../nodes/discovery-loop.js'
import { KnownNodes, type Outcome } from '../nodes/known-nodes.js'
import { type PeerClient, peerClient } from '../nodes/peer-client.js'
import type { ProfileRules } from '../nodes/profile.js'
import { keyOf, type NodeRecord } from '../nodes/record.js'
import type { Sleep } from '../time/sleep.js'
import type { Logger } from './log.js'
import type { OwnAddress } from './own-address.js'
import { DEFAULTS } from './settings/defaults.js'
import type { NodeSettings } from './settings/node-settings.js'

export interface NodeFinderOptions {
  readonly settings: NodeSettings
  readonly rules: ProfileRules
  readonly own: OwnAddress
  readonly chain: ChainIdentity
  readonly log: Logger
  readonly random: () => number
  readonly now: () => number
  readonly sleep: Sleep
  /** Writes the list as it is now; resolves when it is on disk. */
  readonly save: () => Promise<void>
  readonly onRound: (report: RoundReport) => void
}

/** Newcomers wait this long for their first check, so that a crowd of them is checked in one go. */
const FIRST_CHECK_DELAY_MS = 250

/** Everything by which a node finds the others, wired together, running until it is stopped. */
export class NodeFinder {
  readonly known: KnownNodes
  /** Resolves when the first round has ended. */
  readonly firstRound: Promise<void>
  #endFirstRound: () => void = () => undefined
  readonly #options: NodeFinderOptions
  readonly #peers: PeerClient
  readonly #discovery: Discovery
  readonly #stopped = new AbortController()
  #lastReport: RoundReport | undefined
  #rounds = 0
  #isVerifying = false
  #loop: Promise<void> | undefined

  constructor(options: NodeFinderOptions) {
    this.#options = options
    this.firstRound = new Promise((resolve) => {
      this.#endFirstRound = resolve
    })
    const { settings, rules, own, chain, log, random } = options
    const seed = new SeedAddress(settings.seed)
    this.known = new KnownNodes({
      rules,
      policy: new AddressPolicy(rules.admittedRanges, settings.allowSubnets),
      limit: settings.knownNodesLimit,
      shunMs: 2 * settings.updateIntervalMs,
      isSelf: (record) => own.isSelf(record),
      isSeed: (record) => seed.is(record),
      now: options.now,
      onChange: () => this.#save(),
    })
    this.#peers = peerClient({
      timeoutMs: settings.requestTimeoutMs,
      maxReplyBytes: DEFAULTS.node.discovery.max_reply_bytes,
      maxReplyNodes: DEFAULTS.node.discovery.max_reply_nodes,
      chainId: () => chain.chainId(),
    })
    this.#discovery = new Discovery({
      known: this.known,
      peers: this.#peers,
      chain,
      announce: settings.role === 'client' ? own.record : undefined,
      seedUrl: seed.url,
      onSeedRecord: (record) => {
        if (seed.learn(record)) this.known.remove(record)
      },
      requireChainId: rules.requireChainId,
      parallelCalls: DEFAULTS.node.discovery.parallel_calls,
      random,
      log,
    })
  }

  start(): void {
    const { settings, random, log, sleep } = this.#options
    this.#loop = discoveryLoop(
      {
        round: () => this.round(),
        onError: (error) => log.error({ err: error }, 'a round of discovery failed'),
        firstDelayMs: DEFAULTS.node.discovery.first_round_delay * 1000,
        intervalMs: settings.updateIntervalMs,
        jitter: DEFAULTS.node.discovery.jitter,
        random,
        sleep,
      },
      this.#stopped.signal,
    )
  }

  /** One round now; the loop calls it, and tests do. */
  async round(): Promise<RoundReport> {
    const report = await this.#discovery.round()
    this.#lastReport = report
    this.#rounds++
    this.#options.onRound(report)
    this.#endFirstRound()
    return report
  }

  /** Ends the loop; calls under way are cut and their outcome counts for nothing. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#discovery.stop()
    this.#peers.close()
    await this.#loop
  }

  get rounds(): number {
    return this.#rounds
  }

  get seedReachable(): boolean | null {
    return this.#lastReport?.seedAnswered ?? null
  }

  /** The known nodes as callers see them. */
  port(): NodesPort {
    const { own, chain, random } = this.#options
    const refusalOf = (outcome: Outcome, record: NodeRecord): string | undefined =>
      outcome === 'refused' ? this.known.refusal(record) : undefined
    const source = (caller: Caller): string => caller.ipAddress ?? 'this process'
    return {
      self: own.record,
      list: () => this.known.list(),
      introduce: (record, caller) => {
        if (caller.chainId !== undefined && caller.chainId !== chain.chainId()) return undefined
        const outcome = this.known.introduce(record, source(caller))
        if (outcome === 'candidate') this.#verifySoon()
        return refusalOf(outcome, record)
      },
      add: async (record, caller) => {
        const outcome = this.known.hear(record, source(caller))
        if (outcome === 'candidate') this.#verifySoon()
        await this.#options.save()
        return refusalOf(outcome, record)
      },
      remove: async (record) => {
        this.known.remove(record)
        await this.#options.save()
      },
      random,
    }
  }

  #verifySoon(): void {
    if (this.#isVerifying) return
    this.#isVerifying = true
    this.#options
      .sleep(FIRST_CHECK_DELAY_MS, this.#stopped.signal)
      .then(() => this.#discovery.verifyCandidates())
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'checking new nodes failed'))
      .finally(() => {
        this.#isVerifying = false
      })
  }

  #save(): void {
    this.#options
      .save()
      .catch((error: unknown) =>
        this.#options.log.error({ err: error }, 'the known nodes could not be written'),
      )
  }
}

/** Where the seed server is, and every record it goes by. */
class SeedAddress {
  readonly url: string | undefined
  readonly #keys = new Set<string>()

  constructor(seed: NodeSettings['seed']) {
    if (!seed) return
    const key = `${ipInUrl(seed.host)}:${seed.port}`
    this.url = `http://${key}`
    this.#keys.add(key)
  }

  is(record: NodeRecord): boolean {
    return this.#keys.has(keyOf(record))
  }

  /** Returns whether the record is new. */
  learn(record: NodeRecord): boolean {
    if (this.is(record)) return false
    this.#keys.add(keyOf(record))
    return true
  }
}
