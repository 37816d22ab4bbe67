import type { RecordType } from './record-type.js'
import type { RemoteContract } from './remote-contract.js'

/** A text that only this node can read. */
export interface SealedText {
  /** Bytes of the nonce, 24 hex digits. */
  readonly nonce: string
  /** Bytes of the text and what proves them whole, in base64. */
  readonly sealed: string
}

/** A contract as it is kept. */
export interface ContractRow {
  readonly contract: RemoteContract
  /** By the names that people gave them. */
  readonly env: Readonly<Record<string, string>>
  /** By the names that people gave them. */
  readonly secrets: Readonly<Record<string, SealedText>>
}

/** An API key as it is kept: nothing that would let anybody in. */
export interface KeyRow {
  /** `SC_` and 12 capital letters. */
  readonly id: string
  readonly contractId: string
  /** SHA-256 of the secret half, 64 hex digits. */
  readonly digest: string
  /** In ms since 1970, as the others. */
  readonly createdMs: number
  /** null: never. */
  readonly expiresMs: number | null
  /** null: not yet. */
  readonly lastUsedMs: number | null
}

/** Rows to keep, and ids of those that go. */
export interface RowChanges<R> {
  readonly put?: readonly R[]
  readonly remove?: readonly string[]
}

export interface RegistryChanges {
  readonly contracts?: RowChanges<ContractRow>
  readonly keys?: RowChanges<KeyRow>
  readonly types?: RowChanges<RecordType>
}

/** Where a registry is kept. */
export interface RegistryStore {
  contracts(): Iterable<ContractRow>
  keys(): Iterable<KeyRow>
  types(): Iterable<RecordType>
  /** All of it or nothing; on the disk when it resolves. */
  write(changes: RegistryChanges): Promise<void>
}
