import { canonicalJson } from '../../base/canonical-json.js'
import { compareUtf8 } from '../../ledger/text.js'
import type { Binary } from '../../ledger/payload/binary.js'
import { bytesOf } from './binary-bytes.js'
import { metadataNamespace } from './namespaces.js'
import { readCommitted, requireKey, type Session } from './session.js'
import type { MetadataEntry } from './state-requests.js'

/** Values in hex digits, by metakey. */
type Entries = Record<string, string>

/** What was committed as metadata of a key, by metakey. */
export function readMetadata(session: Session, namespace: string, key: string): readonly MetadataEntry[] {
  const found = readCommitted(session, metadataNamespace(namespace), key)
  return Object.entries(entriesOf(found?.value ?? null))
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([metakey, hex]) => ({ metakey, value: Buffer.from(hex, 'hex') }))
}

/** An empty value removes the entry. */
export function writeMetadata(session: Session, namespace: string, key: string, entry: MetadataEntry): void {
  const { record, snapshot } = session
  const place = metadataNamespace(namespace)
  const own = record.writtenMetadata(namespace, requireKey(key))
  const before = own === undefined ? snapshot.worldValue(place, key)?.value : own
  const entries = entriesOf(before ?? null)
  Reflect.deleteProperty(entries, entry.metakey)
  // What is left of the committed entries makes the result depend on them.
  if (own === undefined && Object.keys(entries).length > 0) readCommitted(session, place, key)
  if (entry.value.length > 0) entries[entry.metakey] = Buffer.from(entry.value).toString('hex')
  const isEmpty = Object.keys(entries).length === 0
  record.writeMetadata(namespace, key, isEmpty ? null : { text: canonicalJson(entries) })
}

/**
 * Metadata goes with its key, and there is none without one. A call that writes the metadata alone depends on the key
 * being as it is, or metadata of a key deleted meanwhile would wait there for the next key of that name.
 */
export function settleMetadata(session: Session): void {
  const { record } = session
  for (const { namespace, key } of record.keysWithMetadata) {
    if (record.written(namespace, key) !== undefined) continue
    if (!readCommitted(session, namespace, key)) record.dropMetadata(namespace, key)
  }
  for (const { namespace, key } of record.deletedKeys) record.writeMetadata(namespace, key, null)
}

/** No prototype: a metakey may have any name. */
function entriesOf(stored: Binary | null): Entries {
  const entries = Object.create(null) as Entries
  if (!stored) return entries
  return Object.assign(entries, JSON.parse(Buffer.from(bytesOf(stored)).toString('utf8')) as Entries)
}
