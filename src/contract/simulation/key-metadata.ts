import {
  decodeKeyMetadata,
  encodeKeyMetadata,
  type KeyMetadata,
  readKeyMetadata,
} from '../../ledger/contracts/key-metadata.js'
import { metadataNamespace } from '../../ledger/contracts/namespaces.js'
import type { Binary } from '../../ledger/payload/binary.js'
import { RuleError } from '../../ledger/rule-error.js'
import { compareUtf8 } from '../../ledger/text.js'
import { readCommitted, requireKey, type Session } from './session.js'
import { type MetadataEntry, StateRequestError } from './state-requests.js'

/** What was committed as metadata of a key, by metakey. */
export function readMetadata(session: Session, namespace: string, key: string): readonly MetadataEntry[] {
  readCommitted(session, metadataNamespace(namespace), key)
  return [...readKeyMetadata(session.snapshot, namespace, key)]
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([metakey, hex]) => ({ metakey, value: Buffer.from(hex, 'hex') }))
}

/** An empty value removes the entry. @throws {StateRequestError} for metadata that no valid call could write */
export function writeMetadata(session: Session, namespace: string, key: string, entry: MetadataEntry): void {
  const { record, snapshot } = session
  const own = record.writtenMetadata(namespace, requireKey(key))
  const before = own === undefined ? readKeyMetadata(snapshot, namespace, key) : metadataIn(own)
  const metadata = new Map(before)
  metadata.delete(entry.metakey)
  // What is left of the committed entries makes the result depend on them.
  if (own === undefined && metadata.size > 0) readCommitted(session, metadataNamespace(namespace), key)
  if (entry.value.length > 0) metadata.set(entry.metakey, Buffer.from(entry.value).toString('hex'))
  record.writeMetadata(namespace, key, checked(encodeKeyMetadata(metadata)))
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

function metadataIn(value: Binary | null): KeyMetadata {
  return value ? decodeKeyMetadata(value) : new Map<string, string>()
}

function checked(value: Binary | null): Binary | null {
  try {
    if (value) decodeKeyMetadata(value)
    return value
  } catch (error) {
    throw error instanceof RuleError ? new StateRequestError(error.message) : error
  }
}
