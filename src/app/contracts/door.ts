import type { ContractDoor } from '../../api/schemas/contract.js'
import { messageOf } from '../../base/errors.js'
import { ipRange } from '../../base/ip.js'
import { openContractDoor } from '../../contract/peer/contract-door.js'
import type { Registrar } from '../../contract/peer/contract-stream.js'
import { type GrpcPort, type GrpcTls, openGrpcPort } from '../../contract/peer/grpc-port.js'
import type { ContractPeerSettings } from '../../contract/peer/settings.js'
import { pemOfKey } from '../../contract/identity/pem-of-key.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import { hasCode } from '../../store/error-code.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { ContractsOptions } from './contracts-options.js'
import { readTls } from './read-tls.js'

/** The gRPC port of a node. */
export interface ContractsDoor {
  readonly address: NonNullable<ContractDoor>
  /** PEM: clients know the port by it; undefined where it speaks no TLS, or with a certificate of somebody else. */
  readonly tlsRootCertificate: string | undefined
  close(): Promise<void>
}

export interface DoorOptions extends Pick<ContractsOptions, 'ip' | 'port' | 'settings' | 'profile' | 'now'> {
  readonly registrar: Registrar
  readonly organisations: readonly Organisation[]
  readonly peerSettings: Partial<ContractPeerSettings>
  /** Adds what else is called there, before anybody is told of the port. */
  readonly addServices: (port: GrpcPort) => void
}

/** Undefined where no port is wanted. @throws {Error} one line for people: the port is taken, a file is missing */
export async function openDoor(options: DoorOptions): Promise<ContractsDoor | undefined> {
  const { ip, settings, profile, registrar, peerSettings, organisations } = options
  if ((settings.port ?? (profile === 'dev' ? 1 : 0)) === 0) return undefined
  const [own] = organisations
  const tls = settings.tls === undefined ? await ownTls(own, ip, options.now()) : await readTls(settings.tls)
  const port = await listen(options, tls)
  openContractDoor(port, registrar, peerSettings)
  options.addServices(port)
  return {
    address: { ip_address: ip, port: port.port, tls: tls !== undefined },
    tlsRootCertificate: settings.tls === undefined ? own?.tlsRootCertificate : tls?.certificate,
    close: () => port.close(DEFAULTS.contract.close_grace * 1000),
  }
}

async function listen(
  { ip, port, settings, profile }: DoorOptions,
  tls: GrpcTls | undefined,
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
      // Beyond a developer's machine everything is encrypted; who has to show a certificate cannot do so without.
      plaintext: profile === 'dev' && tls?.clientAuthorities === undefined,
      ...(tls ? { tls } : {}),
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

async function ownTls(
  organisation: Organisation | undefined,
  ip: string,
  nowMs: number,
): Promise<GrpcTls | undefined> {
  if (!organisation) return undefined
  const { certificate, privateKey } = await organisation.issueTls([ip], nowMs)
  return { certificate, key: pemOfKey(privateKey) }
}
