import type { ContractDoor } from '../../api/schemas/contract.js'
import { messageOf } from '../../base/errors.js'
import { ipRange } from '../../base/ip.js'
import { openContractDoor } from '../../contract/peer/contract-door.js'
import type { Registrar } from '../../contract/peer/contract-stream.js'
import { type GrpcPort, type GrpcTls, openGrpcPort } from '../../contract/peer/grpc-port.js'
import type { ContractPeerSettings } from '../../contract/peer/settings.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import { hasCode } from '../../store/error-code.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { ContractsOptions } from './contracts-options.js'
import { doorTls } from './door-tls.js'
import type { RareWarnings } from './rare-warnings.js'
import { wantsDoor } from './wants-door.js'

/** The gRPC port of a node. */
export interface ContractsDoor {
  readonly address: NonNullable<ContractDoor>
  /** PEM: clients know the port by it. */
  readonly tlsRootCertificate: string
  close(): Promise<void>
}

export interface DoorOptions extends Pick<
  ContractsOptions,
  'ip' | 'hosts' | 'port' | 'settings' | 'profile' | 'now'
> {
  readonly registrar: Registrar
  readonly organisations: readonly Organisation[]
  /** Where contracts keep what is theirs. */
  readonly contractsFolder: string
  readonly peerSettings: Partial<ContractPeerSettings>
  readonly warnings: RareWarnings
  /** Adds what else is called there, before anybody is told of the port. */
  readonly addServices: (port: GrpcPort) => void
}

/** Undefined where no port is wanted. @throws {Error} one line for people: the port is taken, a file is missing */
export async function openDoor(options: DoorOptions): Promise<ContractsDoor | undefined> {
  const { ip, hosts, settings, profile, registrar, peerSettings, organisations, contractsFolder } = options
  if (!wantsDoor(options)) return undefined
  const { tls, rootCertificate } = await doorTls({
    files: settings.tls,
    folder: contractsFolder,
    organisations,
    hosts,
    nowMs: options.now(),
  })
  const client_certificates = tls.clientAuthorities !== undefined
  // Beyond a developer's machine everything is encrypted; who has to show a certificate cannot do so without.
  const plaintext = profile === 'dev' && !client_certificates
  const port = await listen(options, tls, plaintext)
  openContractDoor(port, registrar, peerSettings)
  options.addServices(port)
  return {
    address: { ip_address: ip, port: port.port, tls: true, plaintext, client_certificates },
    tlsRootCertificate: rootCertificate,
    close: () => port.close(DEFAULTS.contract.close_grace * 1000),
  }
}

async function listen(
  { ip, port, settings, warnings }: DoorOptions,
  tls: GrpcTls,
  plaintext: boolean,
): Promise<GrpcPort> {
  const {
    max_message_bytes: maxMessageBytes,
    max_connections: maxConnections,
    max_connections_per_peer: maxConnectionsPerPeer,
    port_distance,
  } = DEFAULTS.contract
  const open = (chosen: number): Promise<GrpcPort> =>
    openGrpcPort({
      host: ip,
      port: chosen,
      maxMessageBytes,
      maxConnections,
      // Those on this machine are all at one address.
      ...(ipRange(ip) === 'loopback' ? {} : { maxConnectionsPerPeer }),
      plaintext,
      tls,
      onRefused: (address, reason) =>
        warnings.warn(`${address} ${reason}`, { address, reason }, 'a connection of a contract was refused'),
    })
  if (settings.port !== undefined)
    return open(settings.port).catch((error: unknown) => refuse(error, settings.port))
  const usual = port + port_distance
  return usual > 65_535 ? open(0) : open(usual).catch(() => open(0))
}

function refuse(error: unknown, port: number | undefined): never {
  const text = hasCode(error, 'EADDRINUSE')
    ? `port ${port} for contracts is taken by another program; choose another with --contract-port`
    : `cannot listen on port ${port} for contracts: ${messageOf(error)}`
  throw new Error(text, { cause: error })
}
