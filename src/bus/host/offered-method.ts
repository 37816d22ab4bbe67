import type { Caller, Scope } from '../../api/method.js'
import type { Connection } from '../link/connection.js'
import type { MethodCall } from '../wire/message.js'
import type { JsonObject } from '../wire/read-scalar.js'

/** Who calls over the bus. */
export interface BusCaller extends Caller {
  readonly connection: Connection
  /** May change the node, register methods and call what is not public. */
  readonly isTrusted: boolean
}

export interface ParameterInfo {
  readonly name: string
  /** As its module names it, such as `int` or `string`. */
  readonly type: string
  /** Interval such as `[0,65535]`; "" for none. */
  readonly range: string
  /** Regular expression that the whole value must match; "" for none. */
  readonly pattern: string
  readonly isRequired: boolean
}

/** What others are told about a method. */
export interface MethodInfo {
  readonly name: string
  readonly description: string
  /** Fewest events between answers; 0: no subscription by events. */
  readonly minEvent: number
  /** Fewest seconds between answers; 0: no subscription by time. */
  readonly minPeriod: number
  readonly scope: Scope
  readonly parameters: readonly ParameterInfo[]
}

/** A reason to answer a subscription. */
export interface Occurrence {
  /** Names the event, so that a subscriber can say later what it saw last. */
  readonly event?: string | undefined
  /** Events were lost before this one. */
  readonly missedEvents?: boolean
  /** What the method answers to this very event; absent: run it now. */
  readonly answer?: () => unknown
}

export interface Watch {
  readonly params: JsonObject
  readonly caller: BusCaller
  /** Tell every so many events; at least 1. */
  readonly everyEvents: number
  /** The last event seen, "" for none; undefined when the subscriber does not know event ids. */
  readonly lastEvent: string | undefined
  readonly onOccurrence: (occurrence: Occurrence) => void
}

export interface Watching {
  /** What to answer at once: what was missed since the last event, else the state of things. Never empty. */
  readonly start: readonly Occurrence[]
  stop(): void
}

/** A method that a module, a node or the manager lets others call. */
export interface OfferedMethod {
  readonly info: MethodInfo
  /** Runs it. Rejects or throws a BusError or an ApiError for what the caller can understand. */
  call(params: JsonObject, caller: BusCaller): unknown
  /** Runs it somewhere else, with the parameters as they came and the result as it comes; absent where it runs here. */
  pass?(call: MethodCall & { readonly text: string }): Promise<unknown>
  /** Tells of events; absent where info.minEvent is 0. */
  watch?(watch: Watch): Watching
}

/** Where methods are found by name. */
export interface MethodDirectory {
  find(name: string): OfferedMethod | undefined
}
