import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { messageOf } from '../../base/errors.js'
import type { KeyPair } from '../../wallet/keys.js'
import type { SealedText } from './registry-rows.js'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** No transaction, block or call is signed with a message that begins so. */
const KEY_MESSAGE = 'terrarium/remote-secrets/1'

/**
 * Keeps texts so that only this node can read them: AES-256-GCM under a key that follows from the node's own. Ed25519
 * signs a message always alike, so what only its owner can sign is a secret only its owner can make again.
 */
export class SecretBox {
  readonly #key: Buffer

  constructor(keys: Pick<KeyPair, 'sign'>) {
    const signature = Buffer.from(keys.sign(Buffer.from(KEY_MESSAGE)), 'hex')
    this.#key = Buffer.from(hkdfSync('sha256', signature, '', KEY_MESSAGE, KEY_BYTES))
  }

  /** `place`: where it is kept; nowhere else can it be opened. */
  seal(text: string, place: string): SealedText {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(place))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return { nonce: nonce.toString('hex'), sealed: sealed.toString('base64') }
  }

  /** @throws {Error} it is another's, of another place, or not whole */
  open({ nonce, sealed }: SealedText, place: string): string {
    try {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv(CIPHER, this.#key, Buffer.from(nonce, 'hex'))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    } catch (error) {
      throw new Error(`a secret cannot be read: ${messageOf(error)}`, { cause: error })
    }
  }
}
