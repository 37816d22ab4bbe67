import { isWellFormed, utf8Length } from '../../ledger/text.js'
import type { VersionedValue } from '../../ledger/world-state.js'
import type { Call } from '../call.js'
import type { PrivateValues } from '../private-values.js'
import type { WorldSnapshot } from '../../ledger/world-snapshot.js'
import { AccessRecord } from './access-record.js'
import type { Definitions } from './collections.js'
import { OpenQueries } from './open-queries.js'
import { QueryBudget } from './query-budget.js'
import type { SimulationSettings } from './settings.js'
import { StateRequestError } from './state-requests.js'

/** PAY-14 */
const MAX_KEY_BYTES = 1024

/** What a simulation works on. */
export interface Ground {
  readonly call: Call
  readonly snapshot: WorldSnapshot
  readonly privateValues: PrivateValues
  readonly definitions: Definitions
  readonly settings: SimulationSettings
}

/** One read-write set with all that belongs to it while the call runs. */
export class Session {
  readonly call: Call
  readonly privateValues: PrivateValues
  readonly definitions: Definitions
  readonly settings: SimulationSettings
  readonly queries: OpenQueries
  readonly budget: QueryBudget
  readonly record: AccessRecord
  readonly #snapshot: WorldSnapshot
  #isOver = false

  constructor(ground: Ground) {
    this.call = ground.call
    this.privateValues = ground.privateValues
    this.definitions = ground.definitions
    this.settings = ground.settings
    this.#snapshot = ground.snapshot
    this.queries = new OpenQueries(ground.settings)
    this.budget = new QueryBudget(ground.settings)
    this.record = new AccessRecord(ground.call.callId, ground.settings)
  }

  /** @throws {StateRequestError} once the call is over: the snapshot may be closed */
  get snapshot(): WorldSnapshot {
    this.requireOpen()
    return this.#snapshot
  }

  requireOpen(): void {
    if (this.#isOver) throw new StateRequestError('no ledger context')
  }

  end(): void {
    this.queries.closeAll()
    this.#isOver = true
  }
}

/** What was committed at a key before the call; the call depends on it from now on. */
export function readCommitted(session: Session, namespace: string, key: string): VersionedValue | undefined {
  const found = session.snapshot.worldValue(namespace, requireKey(key))
  session.record.read(namespace, key, found?.version ?? null)
  return found
}

/** @throws {StateRequestError} where the call may not write, now or any more */
export function requireMayWrite(session: Session): void {
  session.requireOpen()
  session.record.requireMayWrite()
}

/** @throws {StateRequestError} where no transaction could name the key */
export function requireKey(key: string): string {
  if (!isWellFormed(key)) throw new StateRequestError('the key is not well-formed Unicode')
  const bytes = utf8Length(key)
  if (bytes > MAX_KEY_BYTES)
    throw new StateRequestError(`the key takes ${bytes} bytes; ${MAX_KEY_BYTES} are the most`)
  return key
}
