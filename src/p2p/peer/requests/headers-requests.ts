import { ZERO_HASH, type Hash } from '../../hash.js'
import type { Network } from '../../networks/network.js'
import { sha256d } from '../../hash.js'
import { headerAt, type Headers } from '../../wire/messages/headers.js'
import type { Locator } from '../../wire/messages/locator.js'
import { Lane } from './lane.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** Which headers are wanted. */
export interface HeadersRequest extends RequestOptions {
  /** Hashes of the best chain, tip first; at most 101. */
  readonly locator: readonly Hash[]
  /** The last header wanted; by default as many as fit. */
  readonly stop?: Hash | undefined
}

const PREVIOUS_HASH_OFFSET = 4

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Asks for headers, and tells the answer from headers that nobody asked for: it starts where the locator says. */
export class HeadersRequests {
  readonly #lane: Lane<Headers>
  readonly #genesis: Hash
  #locator: readonly Hash[] = []

  constructor(
    ledger: RequestLedger,
    network: Network,
    private readonly send: (locator: Locator) => Promise<void>,
    private readonly protocolVersion: number,
  ) {
    this.#lane = new Lane(ledger)
    this.#genesis = sha256d(network.genesis)
  }

  ask({ locator, stop = ZERO_HASH, ...options }: HeadersRequest): Promise<Headers> {
    return this.#lane.ask('getheaders', options, () => {
      this.#locator = locator
      return this.send({ version: this.protocolVersion, hashes: locator, stop })
    })
  }

  /** Returns whether the headers were asked for. */
  observe(headers: Headers): boolean {
    if (this.#lane.current === undefined || !this.#isAnswer(headers)) return false
    this.#lane.current.resolve(headers)
    return true
  }

  /** A peer that knows nothing of the locator starts after genesis. */
  #isAnswer(headers: Headers): boolean {
    if (headers.count === 0) return true
    const previous = headerAt(headers, 0).subarray(PREVIOUS_HASH_OFFSET, PREVIOUS_HASH_OFFSET + 32)
    return areEqual(previous, this.#genesis) || this.#locator.some((hash) => areEqual(previous, hash))
  }
}
