import { ApiError } from '../../api/errors.js'
import type { Part } from '../../api/ports/contracts.js'
import type { HistoryEntryJson, QueryResult, StateEntry } from '../../api/schemas/contract.js'
import { readDefinition } from '../../ledger/contracts/definition.js'
import { publicNamespace } from '../../ledger/contracts/namespaces.js'
import type { WorldEntry } from '../../ledger/world-state.js'
import type { Call } from '../call.js'
import type { PrivateValues } from '../private-values.js'
import { Simulation } from '../simulation/simulation.js'
import { StateRequestError } from '../simulation/state-requests.js'
import { inSlices } from '../../time/in-slices.js'
import type { OpenSnapshot, WorldSnapshot } from '../../ledger/world-snapshot.js'
import { binaryJson, bytesJson } from './bytes-json.js'

/** Answers of one page together take at most about so many bytes: the rest comes with the next. */
const MAX_PAGE_BYTES = 8_000_000

/** A query that anybody may ask costs the node no more than this. */
const QUERY_SETTINGS = { maxScannedKeys: 100_000, maxSortedKeys: 20_000, matchTimeMs: 300 }

const HISTORY_STEP = 1_000

/** Reads the public state of contracts for people, each time in a snapshot of its own. */
export class StateReader {
  readonly #openSnapshot: OpenSnapshot
  readonly #privateValues: PrivateValues

  constructor(openSnapshot: OpenSnapshot, privateValues: PrivateValues) {
    this.#openSnapshot = openSnapshot
    this.#privateValues = privateValues
  }

  /** Runs `read` in the state as it is now. @throws {ApiError} CONTRACT_NOT_FOUND */
  async #within<T>(contract: string, read: (snapshot: WorldSnapshot) => T | Promise<T>): Promise<T> {
    const snapshot = this.#openSnapshot()
    try {
      if (!readDefinition(snapshot, contract)) throw contractNotFound(contract)
      return await read(snapshot)
    } finally {
      snapshot.close()
    }
  }

  value(contract: string, key: string): Promise<StateEntry | undefined> {
    return this.#within(contract, (snapshot) => {
      const found = snapshot.worldValue(publicNamespace(contract), key)
      return found && entryOf({ key, ...found })
    })
  }

  range(contract: string, start: string, end: string, limit: number): Promise<Part<StateEntry>> {
    return this.#within(contract, (snapshot) =>
      part(snapshot.worldRange(publicNamespace(contract), start, end), limit, entryOf, ({ key }) => key),
    )
  }

  /** @throws {ApiError} CALL_REFUSED where it is no query */
  query(contract: string, query: object, limit: number, bookmark: string): Promise<Part<QueryResult>> {
    return this.#within(contract, async (snapshot) => {
      const simulation = new Simulation({
        call: callFor(contract),
        snapshot,
        privateValues: this.#privateValues,
        definitions: { collections: () => undefined },
        settings: QUERY_SETTINGS,
      })
      try {
        const page = { pageSize: limit, bookmark }
        const { results, metadata } = await inSlices(
          simulation.of(contract).inSteps.getQueryResult(JSON.stringify(query), '', page),
        )
        const items = results.map(({ key, value }) => ({ key, value: bytesJson(value) }))
        return { items, next: metadata?.bookmark ? metadata.bookmark : null }
      } catch (error) {
        if (error instanceof StateRequestError) throw new ApiError('CALL_REFUSED', error.message)
        throw error
      } finally {
        simulation.abort()
      }
    })
  }

  history(
    contract: string,
    key: string,
    skip: number,
    limit: number,
  ): Promise<Part<HistoryEntryJson, number>> {
    return this.#within(contract, async (snapshot) => {
      const items: HistoryEntryJson[] = []
      let at = 0
      for (const { callId, timestampMs, value } of snapshot.history(publicNamespace(contract), key)) {
        if (at >= skip + limit) return { items, next: at }
        if (at >= skip)
          items.push({ call_id: callId, timestamp: timestampMs, value: value && bytesJson(value) })
        at += 1
        // Others have their turn: a key may have been written a million times.
        if (at % HISTORY_STEP === 0) await new Promise(setImmediate)
      }
      return { items, next: null }
    })
  }
}

export function contractNotFound(contract: string): ApiError {
  return new ApiError('CONTRACT_NOT_FOUND', `no contract is deployed as ${contract}`, { contract })
}

function entryOf({ key, value, version }: WorldEntry): StateEntry {
  return { key, value: binaryJson(value), version }
}

function part<S, I>(
  source: Iterable<S>,
  limit: number,
  itemOf: (each: S) => I,
  keyOf: (each: S) => string,
): Part<I> {
  const items: I[] = []
  let bytes = 0
  for (const each of source) {
    if (items.length === limit || bytes > MAX_PAGE_BYTES) return { items, next: keyOf(each) }
    const item = itemOf(each)
    items.push(item)
    bytes += JSON.stringify(item).length
  }
  return { items, next: null }
}

/** A query of the node itself: nobody calls. */
function callFor(contract: string): Call {
  return {
    channelId: '',
    callId: '',
    contract,
    args: [],
    isInit: false,
    transient: new Map(),
    caller: { mspId: '', certificate: '' },
    timestampMs: 0,
    signedProposal: new Uint8Array(),
  }
}
