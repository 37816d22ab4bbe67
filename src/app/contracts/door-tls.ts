import { join } from 'node:path'
import { Organisation } from '../../contract/identity/organisation.js'
import { loadOrganisation, saveOrganisation } from '../../contract/identity/organisation-file.js'
import { pemOfKey } from '../../contract/identity/pem-of-key.js'
import type { GrpcTls } from '../../contract/peer/grpc-port.js'
import { writeFilesAtomic } from '../../store/atomic-write.js'
import { makeFolder } from '../../store/folder.js'
import { readTls } from './read-tls.js'

/** How the gRPC port speaks TLS. */
export interface DoorTls {
  readonly tls: GrpcTls
  /** PEM: what clients know the port by. */
  readonly rootCertificate: string
}

export interface DoorTlsOptions {
  /** Of --contract-tls; absent: a certificate of the node's own. */
  readonly files: string | undefined
  /** Where contracts keep what is theirs. */
  readonly folder: string
  readonly organisations: readonly Organisation[]
  /** Names and addresses by which the port is reached. */
  readonly hosts: readonly string[]
  readonly nowMs: number
}

/** Who vouches for the port of a node that is no organisation. */
const NODE_AUTHORITY = 'node'

/** The certificate of --contract-tls, or one that the node makes for itself at each start. @throws {Error} one line for people */
export async function doorTls({
  files,
  folder,
  organisations,
  hosts,
  nowMs,
}: DoorTlsOptions): Promise<DoorTls> {
  if (files !== undefined) return readTls(files)
  const authority = organisations[0] ?? (await ownAuthority(join(folder, 'tls'), nowMs))
  const { certificate, privateKey } = await authority.issueTls(hosts, nowMs)
  return {
    tls: { certificate, key: pemOfKey(privateKey) },
    rootCertificate: authority.tlsRootCertificate,
  }
}

/** Kept, so that programs trust the node after a restart, too. */
async function ownAuthority(folder: string, nowMs: number): Promise<Organisation> {
  await makeFolder(folder)
  const kept = await loadOrganisation(folder)
  const authority = kept ?? (await Organisation.create(NODE_AUTHORITY, nowMs))
  if (!kept) await saveOrganisation(folder, authority, writeFilesAtomic)
  return authority
}
