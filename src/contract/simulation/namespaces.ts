import { createHash } from 'node:crypto'

/** Where the metadata of the keys of a namespace stands, each under the same key. */
export function metadataNamespace(namespace: string): string {
  return `${namespace}/meta`
}

/** Where the hashes of a private collection stand. */
export function privateNamespace(contract: string, collection: string): string {
  return `${contract}/private/${collection}`
}

/** What the chain knows a private key by: 64 hex digits. */
export function hashedKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex')
}
