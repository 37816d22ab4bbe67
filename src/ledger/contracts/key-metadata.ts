import { hexToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { jsonIn } from '../../base/json.js'
import type { Binary } from '../payload/binary.js'
import { ensure, hexOf, membersOf, textOf } from '../shape.js'
import { utf8Length } from '../text.js'
import type { WorldView } from '../world-state.js'
import { decodeKeyPolicy, VALIDATION_PARAMETER } from './key-policy.js'
import { metadataNamespace } from './namespaces.js'
import type { Policy } from './policy.js'

/** Entries of a key's metadata: bytes as hex digits, by name. */
export type KeyMetadata = ReadonlyMap<string, string>

const MAX_ENTRIES = 16
/** The largest metadata of a key, in bytes: every write of the key reads them. */
const MAX_METADATA_BYTES = 8192

/** Metadata as they stand in the world state: nothing to keep is null. */
export function encodeKeyMetadata(metadata: KeyMetadata): Binary | null {
  return metadata.size === 0 ? null : { text: canonicalJson(Object.fromEntries(metadata)) }
}

/** @throws {RuleError} CON-18, and CON-19 for the policy among them */
export function decodeKeyMetadata(value: Binary): KeyMetadata {
  ensure('text' in value, 'CON-18', 'the metadata of a key are no text')
  const { text } = value
  ensure(
    text.length <= MAX_METADATA_BYTES && utf8Length(text) <= MAX_METADATA_BYTES,
    'CON-18',
    `the metadata of a key take more than ${MAX_METADATA_BYTES} bytes`,
  )
  const json = jsonIn(text)
  const entries = Object.entries(membersOf(json, 'CON-18', 'metadata', [], Object.keys(json ?? {})))
  ensure(
    entries.length <= MAX_ENTRIES,
    'CON-18',
    `the metadata of a key are more than ${MAX_ENTRIES} entries`,
  )
  const metadata = new Map<string, string>()
  for (const [name, hex] of entries) {
    textOf(name, 'CON-18', 'name of metadata', 1, 256)
    ensure(typeof hex === 'string' && hex.length % 2 === 0, 'CON-18', 'metadata are no bytes in hex')
    metadata.set(name, hexOf(hex, 'CON-18', 'metadata', hex.length))
  }
  ensure(canonicalJson(json ?? null) === text, 'CON-18', 'the metadata of a key are no canonical JSON')
  policyIn(metadata)
  return metadata
}

/** The metadata that `world` holds of a key; none where the key is absent. */
export function readKeyMetadata(world: WorldView, namespace: string, key: string): KeyMetadata {
  const found = world.worldValue(metadataNamespace(namespace), key)
  return found ? decodeKeyMetadata(found.value) : new Map()
}

/** Who has to vouch for changes of a key, where it was given a policy of its own. */
export function keyPolicy(world: WorldView, namespace: string, key: string): Policy | undefined {
  return policyIn(readKeyMetadata(world, namespace, key))
}

/** An empty policy is none. */
function policyIn(metadata: KeyMetadata): Policy | undefined {
  const hex = metadata.get(VALIDATION_PARAMETER)
  return hex ? decodeKeyPolicy(hexToBytes(hex)) : undefined
}
