import type { Membership } from '../identity/membership.js'
import type { GatewayCalls } from './gateway-calls.js'

export interface GatewayOptions {
  readonly channelId: string
  readonly members: Membership
  readonly calls: GatewayCalls
  /** How clients name this node in details of errors: its host and port, and the organisation it belongs to. */
  readonly peer: { readonly address: string; readonly mspId: string }
  /** Largest transaction of the chain. */
  readonly maxTransactionBytes: number
  /** How many clients are served at once; what is left out is {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<GatewayLimits>
  /** Learns of errors that are nobody's but ours; clients see INTERNAL. */
  readonly onFault: (error: unknown) => void
}

export interface GatewayLimits {
  /** Evaluate, Endorse and Submit together. */
  readonly calls: number
  /** CommitStatus, each waiting for a block. */
  readonly waits: number
  /** ChaincodeEvents. */
  readonly streams: number
}

export const DEFAULT_LIMITS: GatewayLimits = { calls: 500, waits: 10_000, streams: 1000 }
