import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Organisation } from '../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../src/contract/identity/pem-of-key.js'

/** A certificate with its key, as text and as files. */
export interface TlsFiles {
  readonly certificate: string
  readonly key: string
  /** Of PEM. */
  readonly certificatePath: string
  readonly keyPath: string
  /** Of PEM in base64, as the Node shim wants them when it dials. */
  readonly certificateBase64Path: string
  readonly keyBase64Path: string
  /** Of the authority's certificate, PEM. */
  readonly authorityPath: string
}

/** Issues a certificate for localhost and writes it to the folder. */
export async function writeTlsFiles(
  organisation: Organisation,
  folder: string,
  name: string,
): Promise<TlsFiles> {
  const { certificate, privateKey } = await organisation.issueTls([], Date.now())
  const key = pemOfKey(privateKey)
  const write = async (suffix: string, text: string): Promise<string> => {
    const path = join(folder, `${name}.${suffix}`)
    await writeFile(path, text)
    return path
  }
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return {
    certificate,
    key,
    certificatePath: await write('crt', certificate),
    keyPath: await write('key', key),
    certificateBase64Path: await write('crt.base64', base64(certificate)),
    keyBase64Path: await write('key.base64', base64(key)),
    authorityPath: await write('ca.crt', organisation.tlsRootCertificate),
  }
}
