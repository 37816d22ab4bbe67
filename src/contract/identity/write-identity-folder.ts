import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Identity } from './identity.js'
import type { Organisation } from './organisation.js'
import { pemOfKey } from './pem-of-key.js'
import type { WriteFiles } from './write-files.js'

/** What Fabric's sample applications take from their environment; the paths are absolute. */
export interface IdentityEnvironment {
  readonly MSP_ID: string
  /** A folder with the private key as its one file. */
  readonly KEY_DIRECTORY_PATH: string
  /** A folder with the certificate as its one file. */
  readonly CERT_DIRECTORY_PATH: string
  /** The file with the root certificate of the node's TLS. */
  readonly TLS_CERT_PATH: string
}

/**
 * Writes what an application needs to call contracts as `identity`, laid out as Fabric's tools do: msp/keystore,
 * msp/signcerts, msp/cacerts and tls/ca.crt. Makes the folder; replaces the files of an earlier time.
 */
export async function writeIdentityFolder(
  folder: string,
  identity: Identity,
  organisation: Pick<Organisation, 'rootCertificate' | 'tlsRootCertificate'>,
  writeFiles: WriteFiles,
): Promise<IdentityEnvironment> {
  const root = resolve(folder)
  const write = async (parts: readonly string[], name: string, data: string, mode: number) => {
    const inner = join(root, ...parts)
    await mkdir(inner, { recursive: true, mode: 0o700 })
    await writeFiles(inner, [{ name, data, mode }])
    return inner
  }
  const keys = await write(['msp', 'keystore'], 'key.pem', pemOfKey(identity.privateKey), 0o600)
  const certificates = await write(['msp', 'signcerts'], 'cert.pem', identity.certificate, 0o644)
  await write(['msp', 'cacerts'], 'ca.pem', organisation.rootCertificate, 0o644)
  const tls = await write(['tls'], 'ca.crt', organisation.tlsRootCertificate, 0o644)
  return {
    MSP_ID: identity.mspId,
    KEY_DIRECTORY_PATH: keys,
    CERT_DIRECTORY_PATH: certificates,
    TLS_CERT_PATH: join(tls, 'ca.crt'),
  }
}
