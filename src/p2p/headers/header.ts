import { type Hash, toDisplay } from '../hash.js'

export const HEADER_BYTES = 80
export const HASH_BYTES = 32

/** Where the fields of a header begin. */
export const PREV_AT = 4
export const MERKLE_ROOT_AT = 36
export const TIME_AT = 68
export const BITS_AT = 72
export const NONCE_AT = 76

/** A header that a store knows, with its place. */
export class Header {
  readonly #view: DataView
  constructor(
    readonly height: number,
    readonly hash: Hash,
    /** 80 bytes, as they travel. */
    readonly raw: Uint8Array,
  ) {
    this.#view = new DataView(raw.buffer, raw.byteOffset, HEADER_BYTES)
  }

  get version(): number {
    return this.#view.getInt32(0, true)
  }

  get prevHash(): Hash {
    return this.raw.subarray(PREV_AT, MERKLE_ROOT_AT)
  }

  get merkleRoot(): Hash {
    return this.raw.subarray(MERKLE_ROOT_AT, TIME_AT)
  }

  /** Seconds since 1970. */
  get time(): number {
    return this.#view.getUint32(TIME_AT, true)
  }

  get bits(): number {
    return this.#view.getUint32(BITS_AT, true)
  }

  get nonce(): number {
    return this.#view.getUint32(NONCE_AT, true)
  }

  /** The hash as people read it. */
  get id(): string {
    return toDisplay(this.hash)
  }
}
