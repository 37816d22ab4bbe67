import type { ContractCalls } from '../../contract/calls/contract-calls.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import type { GrpcPort } from '../../contract/peer/grpc-port.js'

export interface GatewayOptions {
  readonly calls: ContractCalls
  readonly organisations: readonly Organisation[]
  readonly channelId: string
  readonly now: () => number
}

/** Adds the service that clients of contracts call. */
export function gatewayAdder(_options: GatewayOptions): (port: GrpcPort) => void {
  return () => undefined
}
