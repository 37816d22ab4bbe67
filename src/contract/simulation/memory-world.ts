import { type EndorsementPolicy, judgeCall } from '../../ledger/judge-call.js'
import { binaryOf, bytesOf } from '../../ledger/payload/binary.js'
import type { InvocationPayload } from '../../ledger/payload/invocation.js'
import type { KeyVersion } from '../../ledger/payload/key-access.js'
import { compareUtf8 } from '../../ledger/text.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import { WorldOverlay } from '../../ledger/world-overlay.js'
import type { VersionedValue, WorldEntry, WorldWrite } from '../../ledger/world-state.js'
import type { Call, Simulated } from '../call.js'
import type { HistoryEntry, WorldSnapshot } from '../../ledger/world-snapshot.js'
import { MemoryPrivateValues } from './memory-private-values.js'
import { placeOf } from '../../ledger/sorted-keys.js'

/** A write that took effect. */
interface Write extends WorldWrite {
  readonly callId: string
  readonly timestampMs: number
}

/** All that was ever written in a namespace. */
interface Namespace {
  /** In UTF-8 byte order. */
  readonly keys: string[]
  /** By key, the oldest first. */
  readonly writes: Map<string, Write[]>
}

/** A call and what it did. */
export interface DoneCall {
  readonly call: Call
  readonly simulated: Simulated
}

const acceptAll: EndorsementPolicy = () => VALIDATION_CODE.VALID
/** There is no wallet here that could answer for a call. */
const NOBODY = `0x${'0'.repeat(40)}`

/** The world state of a chain in memory, for tests: blocks of calls are judged and applied by the rules of the ledger. */
export class MemoryWorld {
  readonly privateValues = new MemoryPrivateValues()
  readonly #policy: EndorsementPolicy
  readonly #namespaces = new Map<string, Namespace>()
  readonly #calls = new Set<string>()
  #height = -1

  constructor(policy: EndorsementPolicy = acceptAll) {
    this.#policy = policy
  }

  /** -1 before block 0. */
  get height(): number {
    return this.#height
  }

  /** Puts the calls in one block; what became of each. */
  commit(calls: readonly DoneCall[]): readonly ValidationCode[] {
    const overlay = new WorldOverlay(this.snapshot())
    const height = this.#height + 1
    const codes: ValidationCode[] = []
    // Place 0 of a block is its coinbase's.
    for (const [place, done] of calls.entries())
      codes.push(this.#apply(done, { height, index: place + 1 }, overlay))
    this.#height = height
    return codes
  }

  /** The state as it is now, however it goes on. */
  snapshot(): WorldSnapshot {
    const height = this.#height
    const writeAt = (namespace: string, key: string) => this.#writeAt(height, namespace, key)
    const keysOf = (namespace: string) => this.#namespaces.get(namespace)?.keys ?? []
    return {
      height,
      worldValue: (namespace, key) => versioned(writeAt(namespace, key)),
      *worldRange(namespace, start, end): Generator<WorldEntry> {
        for (const key of keysFrom(keysOf(namespace), start, end)) {
          const found = versioned(writeAt(namespace, key))
          if (found) yield { key, ...found }
        }
      },
      history: (namespace, key) => this.#history(height, namespace, key),
      close: () => undefined,
    }
  }

  #apply({ call, simulated }: DoneCall, version: KeyVersion, overlay: WorldOverlay): ValidationCode {
    const code = judgeCall(payloadOf(call, simulated), {
      world: overlay,
      endorsementPolicy: this.#policy,
      hasCall: (id) => this.#calls.has(id),
    })
    if (code !== VALIDATION_CODE.VALID) return code
    this.#calls.add(call.callId)
    const { callId, timestampMs } = call
    for (const write of simulated.writes) {
      overlay.write({ ...write, version })
      this.#keep({ ...write, version, callId, timestampMs })
    }
    this.privateValues.apply(simulated.privateWrites)
    return code
  }

  #keep(write: Write): void {
    const { keys, writes } = this.#namespace(write.namespace)
    const before = writes.get(write.key)
    // A key that was never there is not made by deleting it (WS-8), but its history tells.
    if (before) before.push(write)
    else {
      keys.splice(placeOf(keys, write.key), 0, write.key)
      writes.set(write.key, [write])
    }
  }

  #namespace(name: string): Namespace {
    let namespace = this.#namespaces.get(name)
    if (!namespace) this.#namespaces.set(name, (namespace = { keys: [], writes: new Map() }))
    return namespace
  }

  *#newestFirst(height: number, namespace: string, key: string): Generator<Write> {
    const writes = this.#namespaces.get(namespace)?.writes.get(key) ?? []
    for (let place = writes.length - 1; place >= 0; place--) {
      const write = writes[place] as Write
      if (write.version.height <= height) yield write
    }
  }

  #writeAt(height: number, namespace: string, key: string): Write | undefined {
    const [newest] = this.#newestFirst(height, namespace, key)
    return newest
  }

  *#history(height: number, namespace: string, key: string): Generator<HistoryEntry> {
    for (const { callId, timestampMs, value } of this.#newestFirst(height, namespace, key))
      yield { callId, timestampMs, value: value && bytesOf(value) }
  }
}

/** Survives that keys are added meanwhile. */
function* keysFrom(keys: readonly string[], start: string, end: string): Generator<string> {
  let place = placeOf(keys, start)
  for (let key = keys[place]; key !== undefined; key = keys[place]) {
    if (end !== '' && compareUtf8(key, end) >= 0) return
    yield key
    place = placeOf(keys, key) + 1
  }
}

function versioned(write: Write | undefined): VersionedValue | undefined {
  return write?.value ? { value: write.value, version: write.version } : undefined
}

function payloadOf(call: Call, { reads, rangeReads, writes, response, event }: Simulated): InvocationPayload {
  const { caller, args, callId, contract } = call
  return {
    kind: 'invocation',
    contract,
    callId,
    args: args.map(binaryOf),
    creator: { mspId: caller.mspId, credentials: caller.certificate },
    invoker: NOBODY,
    reads,
    rangeReads,
    writes,
    response: { ...response, payload: binaryOf(response.payload) },
    ...(event ? { event: { name: event.name, payload: binaryOf(event.payload) } } : {}),
    endorsements: [],
  }
}
