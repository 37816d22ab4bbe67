import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { assert } from '../base/errors.js'
import { addressOfPublicKey } from '../ledger/address.js'

/** PKCS #8 around the 32 bytes of an Ed25519 seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SEED_BYTES = 32

/** An Ed25519 key pair. The private half can sign and cannot be read back, printed or serialised. */
export class KeyPair {
  readonly #privateKey: KeyObject
  /** 64 lower-case hex digits. */
  readonly publicKey: string
  readonly address: string

  /** @param seed the 32 bytes that SLIP-0010 or a random source gives; kept by node:crypto, not here. */
  constructor(seed: Uint8Array) {
    assert(seed.length === SEED_BYTES, 'an Ed25519 seed has 32 bytes')
    const der = Buffer.concat([PKCS8_PREFIX, seed])
    this.#privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    der.fill(0)
    this.publicKey = publicKeyOf(this.#privateKey)
    this.address = addressOfPublicKey(this.publicKey)
  }

  /** The signature as 128 lower-case hex digits; the same for the same message, always. */
  sign(message: Uint8Array): string {
    return sign(null, message, this.#privateKey).toString('hex')
  }
}

function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return spki.subarray(-SEED_BYTES).toString('hex')
}
