import type { ContractCalls } from '../../contract/calls/contract-calls.js'
import { gatewayService } from '../../contract/gateway/gateway-service.js'
import { Membership } from '../../contract/identity/membership.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import type { GrpcPort } from '../../contract/peer/grpc-port.js'
import { gateway } from '../../contract/wire/services.js'
import { DefinitionMemory } from '../../ledger/contracts/definition-memory.js'
import type { ContractsOptions } from './contracts-options.js'

export interface GatewayParts {
  readonly options: ContractsOptions
  readonly calls: ContractCalls
  readonly organisations: readonly Organisation[]
}

/** Adds the service that client applications of Fabric call. */
export function gatewayAdder({ options, calls, organisations }: GatewayParts): (port: GrpcPort) => void {
  const { settings, chain, ip, now, log } = options
  const { blockchain } = chain
  const definitions = new DefinitionMemory()
  const rootsOf = function* (mspId: string, contract: string | undefined): Generator<string> {
    for (const own of organisations) if (own.mspId === mspId) yield own.rootCertificate
    const found = contract === undefined ? undefined : definitions.find(blockchain.index, contract)
    const deployed = found?.definition.organisations.find((each) => each.mspId === mspId)
    yield* deployed?.rootCertificates ?? []
  }
  const members = new Membership({ roots: { rootsOf }, nowMs: now })
  return (port) =>
    port.addService(
      gateway,
      gatewayService({
        channelId: settings.channel,
        members,
        calls,
        peer: { address: `${ip}:${port.port}`, mspId: organisations[0]?.mspId ?? '' },
        maxTransactionBytes: blockchain.chain.settings.maxTransactionBytes,
        onFault: (error) => log.error({ err: error }, 'a call of a client failed'),
      }),
    )
}
