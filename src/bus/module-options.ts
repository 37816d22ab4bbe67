import type { Clock } from '../time/clock.js'
import type { Limits } from './limits.js'
import type { CallOptions } from './link/request.js'
import type { Log } from './log.js'
import type { ListenOptions } from './module-door.js'
import type { ModuleMethod } from './module-methods.js'
import type { Notification } from './wire/message.js'

export interface ModuleOptions {
  /** Short name, such as `weather`. */
  readonly name: string
  /** WebSocket address of the manager, such as `ws://127.0.0.1:50000`. */
  readonly manager: string
  /** Roles it plays: others depend on these. Default: `Role_<name>`. */
  readonly role?: string | readonly string[]
  readonly version?: string
  readonly domain?: string
  readonly methods?: Readonly<Record<string, ModuleMethod>>
  /** Least version of each role it needs. */
  readonly dependencies?: Readonly<Record<string, string>>
  /** Where it listens for modules that call it directly, if it does. */
  readonly listen?: ListenOptions
  /** Run no further method of a request after one has failed. */
  readonly stopOnError?: boolean
  /** Needed where the manager is beyond loopback. */
  readonly adminToken?: string
  /** Compression that it asks for, 0 (none, the default) to 9. */
  readonly compressionRate?: number
  /** File for failures that no module can be told of. Default: `Error.log` where the program runs; "" for none. */
  readonly errorLog?: string
  readonly onNotification?: (notification: Notification) => void
  readonly log?: Log
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  /** A number in [0, 1). */
  readonly random?: () => number
  /** The manager may take so long to find what the module depends on. */
  readonly registerTimeoutMs?: number
  readonly negotiationPauseMs?: number
  readonly maxPauseMs?: number
}

export interface ModuleCallOptions extends CallOptions {
  /** Role of the module that is meant: where it listens it is called directly, otherwise through the manager. */
  readonly role?: string
}
