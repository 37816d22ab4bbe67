import { accountPath, deriveKey } from './derivation.js'
import type { AccountEntry } from './keystore.js'
import { KeyPair } from './keys.js'

/** One key pair of a wallet, with its place in the tree of keys and the owner's name for it. */
export class Account {
  readonly index: number
  readonly name: string
  readonly keys: KeyPair

  constructor(index: number, name: string, keys: KeyPair) {
    this.index = index
    this.name = name
    this.keys = keys
  }

  get address(): string {
    return this.keys.address
  }

  /** The part that may be shown and stored in the open. */
  get entry(): AccountEntry {
    return { index: this.index, name: this.name, address: this.address }
  }
}

/** The account at `index` of the tree that grows from `seed`. */
export function deriveAccount(seed: Uint8Array, index: number, name: string): Account {
  return new Account(index, name, new KeyPair(deriveKey(seed, accountPath(index)).key))
}
