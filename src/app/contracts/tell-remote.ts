import type { Topic } from '../../api/topics.js'
import type { InvocationEnd, PrimeTeller } from '../../contract/remote/prime-teller.js'
import type { RecordSource } from '../../contract/remote/record-source.js'
import type { RemoteRegistry } from '../../contract/remote/registry.js'
import type { RemoteSessions } from '../../contract/remote/sessions.js'
import type { Clock } from '../../time/clock.js'
import type { NodeEvents } from '../node-events.js'
import type { RareWarnings } from './rare-warnings.js'

/** What changes all the time is told no more often. */
const PAUSE_MS = 250

type Coalesced = Extract<Topic, 'remote.backlog' | 'remote.streams'>

/** Tells whoever listens to the node what its remote contracts do. */
export class RemoteTeller implements PrimeTeller {
  readonly #events: NodeEvents
  readonly #clock: Clock
  readonly #warnings: RareWarnings
  /** What has been told lately, and whether there is more to tell. */
  readonly #pauses = new Map<string, { isDue: boolean; readonly callOff: () => void }>()
  readonly #ends: (() => void)[] = []

  constructor(events: NodeEvents, clock: Clock, warnings: RareWarnings) {
    this.#events = events
    this.#clock = clock
    this.#warnings = warnings
  }

  changed(contractId: string): void {
    this.#tell('remote.backlog', contractId)
  }

  ended({ id, contractId, state, outputTxnId, error }: InvocationEnd): void {
    const end = { contract_id: contractId, invocation_id: id, state, output_txn_id: outputTxnId }
    this.#events.emit('remote.ended', end)
    if (state !== 'dead') return
    this.#events.emit('remote.dead_letter', end)
    const fields = { contract_id: contractId, invocation_id: id, error }
    const text = 'an invocation of a remote contract is dead: terrarium remote retry tries it again'
    this.#warnings.warn(`dead ${contractId}`, fields, text)
  }

  /** Until it is closed. */
  follow(
    registry: Pick<RemoteRegistry, 'events' | 'all'>,
    sessions: Pick<RemoteSessions, 'onChange'>,
    records: Pick<RecordSource, 'count' | 'onTip'>,
  ): void {
    const told = (id: string): void => void this.#events.emit('remote.changed', { contract_id: id })
    const changed = ({ id }: { readonly id: string }): void => told(id)
    registry.events.on('changed', changed)
    registry.events.on('deleted', told)
    this.#ends.push(
      () => registry.events.off('changed', changed),
      () => registry.events.off('deleted', told),
      sessions.onChange((contractId) => this.#tell('remote.streams', contractId)),
      this.#followRecords(registry, records),
    )
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
    for (const { callOff } of this.#pauses.values()) callOff()
    this.#pauses.clear()
  }

  /** Records that wait for a contract are a change before anybody works on them. */
  #followRecords(
    registry: Pick<RemoteRegistry, 'all'>,
    records: Pick<RecordSource, 'count' | 'onTip'>,
  ): () => void {
    const counts = new Map<string, number>()
    return records.onTip(() => {
      for (const { id, txnType } of registry.all()) {
        const count = records.count(txnType)
        if (counts.get(id) !== count) this.changed(id)
        counts.set(id, count)
      }
    })
  }

  #tell(topic: Coalesced, contractId: string): void {
    const key = `${topic} ${contractId}`
    const pause = this.#pauses.get(key)
    if (pause) {
      pause.isDue = true
      return
    }
    const callOff = this.#clock.after(PAUSE_MS, () => {
      const isDue = this.#pauses.get(key)?.isDue ?? false
      this.#pauses.delete(key)
      if (isDue) this.#tell(topic, contractId)
    })
    this.#pauses.set(key, { isDue: false, callOff })
    this.#events.emit(topic, { contract_id: contractId })
  }
}
