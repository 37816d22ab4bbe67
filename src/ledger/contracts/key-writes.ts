import type { KeyVersion, KeyWrite } from '../payload/key-access.js'
import type { WorldView, WorldWrite } from '../world-state.js'
import { describedNamespace, metadataNamespace } from './namespaces.js'

/** A world state that takes writes. */
export interface WritableWorld extends WorldView {
  write(write: WorldWrite): void
}

/** Puts what a valid call leaves into the world state: values first, then the metadata of keys that are there. */
export function applyWrites(writes: readonly KeyWrite[], version: KeyVersion, world: WritableWorld): void {
  const metadata: KeyWrite[] = []
  for (const write of writes) {
    if (describedNamespace(write.namespace) !== undefined) metadata.push(write)
    else {
      world.write({ ...write, version }) // WS-1
      if (write.value === null) removeMetadata(write, version, world) // CON-24
    }
  }
  for (const write of metadata) applyMetadata(write, version, world)
}

function removeMetadata({ namespace, key }: KeyWrite, version: KeyVersion, world: WritableWorld): void {
  const place = metadataNamespace(namespace)
  if (world.worldValue(place, key)) world.write({ namespace: place, key, value: null, version })
}

function applyMetadata(write: KeyWrite, version: KeyVersion, world: WritableWorld): void {
  const { namespace, key, value } = write
  const described = describedNamespace(namespace)
  if (described === undefined || !world.worldValue(described, key)) return // CON-25
  const isEmpty = value !== null && 'text' in value && value.text === '{}'
  world.write({ namespace, key, value: isEmpty ? null : value, version }) // CON-26
}
