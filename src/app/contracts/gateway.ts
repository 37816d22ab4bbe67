import type { ContractCalls } from '../../contract/calls/contract-calls.js'
import { gatewayService } from '../../contract/gateway/gateway-service.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import type { GrpcPort } from '../../contract/peer/grpc-port.js'
import { gateway } from '../../contract/wire/services.js'
import type { ContractsOptions } from './contracts-options.js'
import type { ContractMembers } from './members.js'

export interface GatewayParts {
  readonly options: ContractsOptions
  readonly calls: ContractCalls
  readonly organisations: readonly Organisation[]
  readonly members: ContractMembers
}

/** Adds the service that client applications of Fabric call. */
export function gatewayAdder({
  options,
  calls,
  organisations,
  members,
}: GatewayParts): (port: GrpcPort) => void {
  const { settings, chain, ip, log } = options
  return (port) =>
    port.addService(
      gateway,
      gatewayService({
        channelId: settings.channel,
        members: members.membership,
        calls,
        peer: { address: `${ip}:${port.port}`, mspId: organisations[0]?.mspId ?? '' },
        maxTransactionBytes: chain.blockchain.chain.settings.maxTransactionBytes,
        onFault: (error) => log.error({ err: error }, 'a call of a client failed'),
      }),
    )
}
