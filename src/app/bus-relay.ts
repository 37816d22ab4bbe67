import { CHAIN_HEADER } from '../api/chain-header.js'
import type { Dispatch } from '../api/dispatch.js'
import { messageOf } from '../base/errors.js'
import type { Json } from '../base/json.js'
import {
  busError,
  callMethod,
  type Connection,
  type OfferedMethod,
  type Watch,
  Watchers,
} from '../bus/index.js'
import { PeerError } from '../nodes/peer-call.js'
import { canonicalRecord, keyOf, type NodeRecord } from '../nodes/record.js'
import type { Channel, Channels, JsonMap } from '../sync/channel.js'
import type { PeerStatus } from '../sync/peer.js'
import { Following } from './following.js'
import type { Logger } from './log.js'
import type { NodeEvents } from './node-events.js'

export interface BusRelayOptions {
  readonly self: NodeRecord
  /** Returns another array whenever it changed. */
  readonly known: () => readonly NodeRecord[]
  readonly events: NodeEvents
  readonly chainId: () => string
  /** Nodes that are followed, at most; as many may follow this one. */
  readonly maxPeers: number
  /** An answer that takes longer has failed. */
  readonly callMs: number
  readonly log: Logger
}

/** What the relay needs of a node that is up. */
export interface RelayEnds {
  readonly dispatch: Dispatch
  readonly heard: (key: string, status: PeerStatus) => void
  readonly onMisbehaviour: (key: string, reason: string) => void
}

/** Changes of the tip within this time are told as one: the blocks themselves are announced at once. */
const STATUS_DELAY_MS = 500

/** How often followers and followed are looked after. */
const CARE_MS = 1_000

/** What a node that is followed may call at its follower. */
const CALLABLE = ['sync.announce', 'sync.offer'] as const

/**
 * Relay over the bus. Each node follows those it knows: it opens a WebSocket to them and subscribes to `sync.follow`, which
 * tells how far they are; new blocks and transactions come as calls over the same connection. Who cannot be followed is told,
 * and asked, over REST.
 */
export class BusRelay implements Channels {
  /** `sync.follow`, for the bus. */
  readonly method: OfferedMethod
  readonly #options: BusRelayOptions
  readonly #followers = new Map<string, Connection>()
  readonly #following = new Map<string, Following>()
  readonly #watchers = new Watchers()
  /** The chain in whose name the nodes are followed. */
  #chainId = ''
  #ends: RelayEnds | undefined
  #care: NodeJS.Timeout | undefined
  #telling: NodeJS.Timeout | undefined

  constructor(options: BusRelayOptions) {
    this.#options = options
    this.method = {
      info: {
        name: 'sync.follow',
        description: 'How far this node is; followers that it knows hear of blocks and transactions, too',
        scope: 'public',
        minEvent: 1,
        minPeriod: 0,
        parameters: ['ip_address', 'port'].map((name) => ({
          name,
          type: name === 'port' ? 'integer' : 'string',
          range: '',
          pattern: '',
          isRequired: true,
        })),
      },
      call: () => this.#status(),
      watch: (watch) => this.#follow(watch),
    }
  }

  find(key: string): Channel | undefined {
    const connection = this.#followers.get(key)
    if (!connection?.isActive) return undefined
    return {
      call: async (method, params) => {
        try {
          // In half the time, so that REST has the other half.
          const options = { timeoutMs: this.#options.callMs / 2 }
          return (await callMethod(connection, method, params, options)) as Json
        } catch (error) {
          if (this.#followers.get(key) === connection) this.#followers.delete(key)
          throw new PeerError('unreachable', messageOf(error))
        }
      },
    }
  }

  isFollowed(key: string): boolean {
    return this.#following.get(key)?.isUp ?? false
  }

  start(ends: RelayEnds): void {
    this.#ends = ends
    const { events } = this.#options
    events.on('chain.tip', this.#onChange)
    events.on('blockchain.changed', this.#onChange)
    events.on('nodes.changed', this.#lookAfter)
    this.#care = setInterval(this.#lookAfter, CARE_MS)
    this.#lookAfter()
  }

  async stop(): Promise<void> {
    const { events } = this.#options
    events.off('chain.tip', this.#onChange)
    events.off('blockchain.changed', this.#onChange)
    events.off('nodes.changed', this.#lookAfter)
    clearInterval(this.#care)
    clearTimeout(this.#telling)
    await this.#letGo()
  }

  async #letGo(): Promise<void> {
    const following = [...this.#following.values()]
    this.#following.clear()
    await Promise.all(following.map((each) => each.stop()))
  }

  /** The address must be the caller's own, and that of a known node: nobody hears in the name of another. */
  #follow(watch: Watch) {
    const { params, caller } = watch
    const key = this.#keyOf(params, caller.ipAddress)
    const { chainId, known, maxPeers } = this.#options
    if (caller.chainId !== undefined && caller.chainId !== chainId())
      throw busError('SUBSCRIPTION_REFUSED', 'this node is of another chain')
    if (key === undefined || !known().some((record) => keyOf(record) === key))
      throw busError('SUBSCRIPTION_REFUSED', 'only known nodes follow, each from its own address')
    if (!this.#followers.has(key)) this.#forgetStrangers()
    if (!this.#followers.has(key) && this.#followers.size >= maxPeers)
      throw busError('TOO_MANY_REQUESTS', `${maxPeers} nodes follow this one`)
    const { connection } = caller
    this.#followers.set(key, connection)
    const watching = this.#watchers.add(watch)
    return {
      start: watching.start,
      stop: () => {
        watching.stop()
        if (this.#followers.get(key) === connection) this.#followers.delete(key)
      },
    }
  }

  /** Those that are no longer known keep their place only while there is room. */
  #forgetStrangers(): void {
    const { known, maxPeers } = this.#options
    if (this.#followers.size < maxPeers) return
    const keys = new Set(known().map(keyOf))
    for (const key of this.#followers.keys()) if (!keys.has(key)) this.#followers.delete(key)
  }

  #keyOf({ ip_address: ip, port }: JsonMap, ipAddress: string | undefined): string | undefined {
    if (typeof ip !== 'string' || typeof port !== 'number') return undefined
    const record = canonicalRecord({ ip_address: ip, port })
    return record.ip_address === ipAddress ? keyOf(record) : undefined
  }

  readonly #onChange = (): void => {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined
      const status = this.#status()
      this.#watchers.fire({ answer: () => status })
    }, STATUS_DELAY_MS)
  }

  /** Follows nodes that are new here, and lets go of those that are no longer known. */
  readonly #lookAfter = (): void => {
    const { known, maxPeers, chainId } = this.#options
    if (this.#chainId !== chainId()) void this.#letGo()
    this.#chainId = chainId()
    const records = known().slice(0, maxPeers)
    const keys = new Set(records.map(keyOf))
    for (const [key, following] of this.#following) {
      if (keys.has(key)) following.refresh()
      else {
        this.#following.delete(key)
        void following.stop()
      }
    }
    for (const record of records) {
      if (!this.#following.has(keyOf(record))) this.#following.set(keyOf(record), this.#dial(record))
    }
  }

  #dial(record: NodeRecord): Following {
    const { self, chainId, log } = this.#options
    const key = keyOf(record)
    const following: Following = new Following({
      record,
      self,
      headers: { [CHAIN_HEADER]: chainId() },
      methods: CALLABLE.map((name) => this.#callable(name, () => following.chainId)),
      log,
      onStatus: (status) => this.#ends?.heard(key, status),
      onMisbehaviour: (reason) => this.#ends?.onMisbehaviour(key, reason),
    })
    return following
  }

  /** @param chainId of the node that calls, as it says itself */
  #callable(name: string, chainId: () => string | undefined): OfferedMethod {
    return {
      info: { name, description: '', scope: 'public', minEvent: 0, minPeriod: 0, parameters: [] },
      call: (params, { ipAddress }) => {
        const ofChain = chainId()
        return this.#ends?.dispatch(name, params, {
          ...(ofChain === undefined ? {} : { chainId: ofChain }),
          ...(ipAddress === undefined ? {} : { ipAddress }),
        })
      },
    }
  }

  #status(): Promise<unknown> {
    if (!this.#ends) throw busError('METHOD_UNAVAILABLE')
    return this.#ends.dispatch('sync.status', {}, {})
  }
}
