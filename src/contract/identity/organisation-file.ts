import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, JsonError, parseJson } from '../../base/json.js'
import type { KeyedCertificate } from './authority.js'
import { IdentityError } from './identity-error.js'
import { Organisation, type OrganisationKeys } from './organisation.js'
import { pemOfKey } from './pem-of-key.js'
import type { WriteFiles } from './write-files.js'

const FILE_NAME = 'organisation.json'
const FILE_VERSION = 1

/** Puts an organisation with its private keys into one file, for its owner alone to read. */
export function saveOrganisation(
  folder: string,
  { keys }: Organisation,
  writeFiles: WriteFiles,
): Promise<void> {
  const { mspId, authority, tlsAuthority } = keys
  const json = {
    version: FILE_VERSION,
    msp_id: mspId,
    authority: encodeKeyed(authority),
    tls_authority: encodeKeyed(tlsAuthority),
  }
  return writeFiles(folder, [{ name: FILE_NAME, data: `${JSON.stringify(json, null, 2)}\n`, mode: 0o600 }])
}

/** Undefined where the folder has none. @throws {IdentityError} `file` where there is one, but not in order */
export async function loadOrganisation(folder: string): Promise<Organisation | undefined> {
  const path = join(folder, FILE_NAME)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return new Organisation(decodeKeys(parseJson(text)))
  } catch (error) {
    if (!(error instanceof IdentityError || error instanceof JsonError)) throw error
    // Never with the text itself, which may hold keys.
    throw new IdentityError('file', `${path} is no file of an organisation`, { cause: error })
  }
}

function encodeKeyed({ certificate, privateKey }: KeyedCertificate): Json {
  return { certificate, private_key: pemOfKey(privateKey) }
}

function decodeKeys(json: Json): OrganisationKeys {
  const { version, msp_id: mspId, authority, tls_authority: tlsAuthority } = members(json)
  if (version !== FILE_VERSION || typeof mspId !== 'string')
    throw new IdentityError('file', `it is not of version ${FILE_VERSION}`)
  return { mspId, authority: decodeKeyed(authority), tlsAuthority: decodeKeyed(tlsAuthority) }
}

function decodeKeyed(json: Json | undefined): KeyedCertificate {
  const { certificate, private_key: pem } = members(json)
  if (typeof certificate !== 'string' || typeof pem !== 'string')
    throw new IdentityError('file', 'a certificate or its key is missing')
  try {
    const privateKey = createPrivateKey(pem)
    if (new X509Certificate(certificate).checkPrivateKey(privateKey)) return { certificate, privateKey }
  } catch {
    // The cause would quote the key.
    throw new IdentityError('file', 'a certificate or its key cannot be read')
  }
  throw new IdentityError('file', 'a certificate does not belong to its key')
}

function members(json: Json | undefined): { readonly [name: string]: Json } {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, Json>
  throw new IdentityError('file', 'a part of it is missing')
}
