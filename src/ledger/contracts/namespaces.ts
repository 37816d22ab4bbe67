import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { sha256 } from '../sha256.js'

/** The system contract that holds what contracts are deployed, and the namespace it keeps them in. */
export const LIFECYCLE = '_lifecycle'

const CONTRACT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
const COLLECTION = /^[A-Za-z0-9_-]{1,50}$/
const IMPLICIT = '_implicit_org_'

/** What a namespace of a contract holds (CON-2). */
export interface ContractNamespace {
  readonly contract: string
  /** Undefined: the public state. */
  readonly collection: string | undefined
  /** Metadata of the keys, not their values. */
  readonly isMetadata: boolean
}

/** Whether a contract may have this name (CON-1). */
export function isContractName(name: string): boolean {
  return CONTRACT.test(name)
}

/** Whether a private collection may have this name, implicit ones included (CON-1). */
export function isCollectionName(name: string): boolean {
  return COLLECTION.test(name)
}

/** The organisation whose implicit collection has this name; undefined for any other collection. */
export function implicitOrganisation(collection: string): string | undefined {
  return collection.startsWith(IMPLICIT) ? collection.slice(IMPLICIT.length) : undefined
}

export function publicNamespace(contract: string): string {
  return contract
}

/** Where the metadata of the keys in `namespace` stand, each under the key itself. */
export function metadataNamespace(namespace: string): string {
  return `${namespace}/meta`
}

/** Where the hashes of a private collection stand, each under the hash of its key. */
export function privateNamespace(contract: string, collection: string): string {
  return `${contract}/private/${collection}`
}

/** 64 hex digits: what stands for a private key in public. */
export function hashedKey(key: string): string {
  return bytesToHex(sha256(utf8ToBytes(key)))
}

/** What a contract's namespace holds; undefined where it is none (CON-2). */
export function parseNamespace(namespace: string): ContractNamespace | undefined {
  const [contract = '', ...rest] = namespace.split('/')
  if (!isContractName(contract)) return undefined
  if (rest.length === 0) return { contract, collection: undefined, isMetadata: false }
  if (rest.length === 1 && rest[0] === 'meta') return { contract, collection: undefined, isMetadata: true }
  const [kind, collection = '', meta] = rest
  if (kind !== 'private' || rest.length > 3 || !isCollectionName(collection)) return undefined
  if (meta !== undefined && meta !== 'meta') return undefined
  return { contract, collection, isMetadata: meta !== undefined }
}

/** The namespace whose keys a metadata namespace describes; undefined where `namespace` is none. */
export function describedNamespace(namespace: string): string | undefined {
  return parseNamespace(namespace)?.isMetadata ? namespace.slice(0, -'/meta'.length) : undefined
}
