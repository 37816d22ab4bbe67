import { EventEmitter, once } from 'node:events'
import { ContractError } from '../contract-error.js'
import type { Refusal } from './contract-line.js'
import type { ContractStream, Registrar } from './contract-stream.js'

/** A contract process that is connected. */
export interface LiveContract {
  /** As it registered, such as `basic:1.0`. */
  readonly id: string
  /** Of the process, for people. */
  readonly address: string
  /** Since when, in ms since 1970. */
  readonly sinceMs: number
  /** Calls it works on now. */
  readonly openCalls: number
}

export interface LiveContractEvents {
  /** A process registered and may be called. */
  connected: [id: string, address: string]
  /** It went away; `reason` is for people. */
  gone: [id: string, address: string, reason: string]
  /** A stream ended before it was registered. */
  refused: [address: string, reason: string]
}

export interface LiveContractsOptions {
  /** Whether several processes may have the same id and share its calls. */
  readonly sharedIds: boolean
  /** Whether a process that dials the node may register this id; any, where it is left out. */
  readonly accepts?: (id: string) => boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
}

interface Place {
  readonly stream: ContractStream
  readonly sinceMs: number
  isReady: boolean
}

/** Who is connected: the processes that run contracts, by the ids they registered. */
export class LiveContracts extends EventEmitter<LiveContractEvents> implements Registrar {
  readonly #options: LiveContractsOptions
  readonly #places = new Map<string, Place[]>()

  constructor(options: LiveContractsOptions) {
    super()
    this.setMaxListeners(0)
    this.#options = options
  }

  list(): readonly LiveContract[] {
    return [...this.#places.values()]
      .flat()
      .filter(({ isReady }) => isReady)
      .map(({ stream: { id, address, openCalls }, sinceMs }) => ({ id, address, sinceMs, openCalls }))
  }

  /** A process registered under the first of these ids that has any; those that share an id take turns. */
  find(ids: readonly string[]): ContractStream | undefined {
    for (const id of ids) {
      const places = this.#places.get(id)
      const place = places?.find(({ isReady }) => isReady)
      if (!places || !place) continue
      if (places.length > 1) places.push(...places.splice(places.indexOf(place), 1))
      return place.stream
    }
    return undefined
  }

  /** Resolves once a process is registered under the id. @throws {ContractError} not-connected, after `timeoutMs` */
  async waitFor(id: string, timeoutMs: number): Promise<ContractStream> {
    const signal = AbortSignal.timeout(timeoutMs)
    for (;;) {
      const stream = this.find([id])
      if (stream) return stream
      await once(this, 'connected', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
        throw new ContractError('not-connected', `no process registered as ${id} within ${timeoutMs} ms`)
      })
    }
  }

  admit(id: string, stream: ContractStream): Refusal | undefined {
    const places = this.#places.get(id)
    if (places && !this.#options.sharedIds) return { kind: 'taken', text: `duplicate chaincodeID: ${id}` }
    const { accepts } = this.#options
    if (!stream.isDialled && accepts && !accepts(id)) {
      const text = `peer will not accept external chaincode connection ${id} (except in dev mode)`
      return { kind: 'not-allowed', text }
    }
    const place = { stream, sinceMs: this.#options.now(), isReady: false }
    if (places) places.push(place)
    else this.#places.set(id, [place])
    return undefined
  }

  ready(stream: ContractStream): void {
    const place = this.#places.get(stream.id)?.find((each) => each.stream === stream)
    if (!place) return
    place.isReady = true
    this.emit('connected', stream.id, stream.address)
  }

  gone(stream: ContractStream, reason: string): void {
    const places = this.#places.get(stream.id)
    const index = places?.findIndex((each) => each.stream === stream) ?? -1
    if (!places || index < 0) {
      this.emit('refused', stream.address, reason)
      return
    }
    places.splice(index, 1)
    if (places.length === 0) this.#places.delete(stream.id)
    this.emit('gone', stream.id, stream.address, reason)
  }

  /** Ends all streams. */
  close(): void {
    for (const { stream } of [...this.#places.values()].flat()) stream.end()
  }
}
