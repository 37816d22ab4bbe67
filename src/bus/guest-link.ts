import { type Clock, systemClock } from './clock.js'
import { busError } from './bus-error.js'
import { Link, type LinkOptions } from './link/link.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import { type Log, silentLog } from './log.js'

export interface GuestOptions extends Pick<LinkOptions, 'headers' | 'maxPauseMs' | 'negotiationPauseMs'> {
  /** Such as `ws://127.0.0.1:50000`. */
  readonly url: string
  readonly name: string
  readonly adminToken?: string | undefined
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  readonly log?: Log
  /** A number in [0, 1). */
  readonly random?: () => number
}

/** A connection of somebody who only asks: a person, or a node that follows another. Registers nothing. */
export function guestLink(options: GuestOptions): Link {
  const { adminToken, name, headers = {}, ...rest } = options
  const authorization = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` }
  return new Link({
    clock: systemClock,
    log: silentLog,
    random: Math.random,
    ...rest,
    limits: { ...DEFAULT_LIMITS, messagesPerSecond: 0, ...options.limits },
    identity: { abbreviation: name, compressionRate: 0 },
    headers: { ...headers, ...authorization },
    answerer: (connection) => ({
      asked(message) {
        const { message: text } = busError('METHOD_NOT_FOUND')
        if (message.type === 'Request' && message.wantsResponse)
          connection.refuse(message.id, 'METHOD_NOT_FOUND', text)
      },
      closed: () => undefined,
    }),
  })
}
