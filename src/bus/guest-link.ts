import { type Clock, systemClock } from '../time/clock.js'
import { ApiError } from '../api/errors.js'
import { CompoundMethods } from './host/compound-methods.js'
import { HostAnswerer } from './host/host-answerer.js'
import type { OfferedMethod } from './host/offered-method.js'
import { Link, type LinkOptions } from './link/link.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import { type Log, silentLog } from './log.js'

export interface GuestOptions extends Pick<LinkOptions, 'headers' | 'maxPauseMs' | 'negotiationPauseMs'> {
  /** Such as `ws://127.0.0.1:50000`. */
  readonly url: string
  readonly name: string
  readonly adminToken?: string | undefined
  /** What the other side may call over this connection; by default nothing. */
  readonly methods?: readonly OfferedMethod[]
  /** Address of the other side, as the methods are told it. */
  readonly ipAddress?: string
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  readonly log?: Log
  /** A number in [0, 1). */
  readonly random?: () => number
}

/** A connection of somebody who registers nothing: a person who asks, or a node that follows another. */
export function guestLink(options: GuestOptions): Link {
  const { adminToken, name, headers = {}, methods = [], ipAddress, log = silentLog, ...rest } = options
  const clock = options.clock ?? systemClock
  const authorization = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` }
  const offered = new Map(methods.map((method) => [method.info.name, method]))
  const directory = { find: (method: string) => offered.get(method) }
  return new Link({
    random: Math.random,
    ...rest,
    clock,
    log,
    limits: { ...DEFAULT_LIMITS, messagesPerSecond: 0, ...options.limits },
    identity: { abbreviation: name, compressionRate: 0 },
    headers: { ...headers, ...authorization },
    answerer: (connection) =>
      new HostAnswerer({
        connection,
        directory,
        compounds: new CompoundMethods(directory, () => undefined),
        caller: { connection, isTrusted: false, ...(ipAddress === undefined ? {} : { ipAddress }) },
        clock,
        log,
        unauthorized: () => new ApiError('UNAUTHORIZED'),
        onNotification: () => undefined,
      }),
  })
}
