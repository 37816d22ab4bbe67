import type { NegotiateConnection } from '../wire/message.js'
import { isCompatible, PROTOCOL_VERSION } from '../wire/protocol-version.js'

/**
 * What we say to those we accept. The end tells a peer that knows it that we name events; to all others it is a comment,
 * for no field may be added to what they read.
 */
export const ACCEPTED_COMMENT = 'Negotiation successful! SubscriptionLastEvent is understood'

/** Whether the peer that accepted us names events. */
export function namesEvents(comment: string): boolean {
  return comment.endsWith('SubscriptionLastEvent is understood')
}

/** Why a connection is refused, or undefined when it is not. */
export function judgeNegotiation({ version, algorithm, rate }: NegotiateConnection): string | undefined {
  if (!isCompatible(version)) {
    return `Negotiation unsuccessful! Protocol version ${JSON.stringify(version)} is not supported, ${PROTOCOL_VERSION} is`
  }
  if (rate === undefined || rate < 0 || rate > 9)
    return 'Negotiation unsuccessful! CompressionRate is a number from 0 to 9'
  if (rate > 0 && algorithm !== 'zlib')
    return `Negotiation unsuccessful! Compression ${JSON.stringify(algorithm)} is not supported, zlib is`
  return undefined
}
