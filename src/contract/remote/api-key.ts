import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** Capital letters of an id, after its prefix. */
const ID_LETTERS = 12
/** 43 of 62 signs: 256 bits. */
const SECRET_SIGNS = 43
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const SIGNS = `${CAPITALS}${CAPITALS.toLowerCase()}0123456789`
const FORM = /^(SC_[A-Z]{12})\.([A-Za-z0-9]{43})$/

/** An API key as it is shown once: `SC_ABCDEFGHIJKL.` and 43 letters and digits. */
export interface ApiKey {
  readonly id: string
  readonly text: string
  /** SHA-256 of its secret half, 64 hex digits. */
  readonly digest: string
}

export function newApiKey(): ApiKey {
  const id = `SC_${randomText(CAPITALS, ID_LETTERS)}`
  const secret = randomText(SIGNS, SECRET_SIGNS)
  return { id, text: `${id}.${secret}`, digest: digestOf(secret).toString('hex') }
}

/** What somebody shows; undefined where it is not of the form. */
export interface ShownKey {
  readonly id: string
  readonly digest: Buffer
}

export function shownKey(text: string): ShownKey | undefined {
  const [, id, secret] = FORM.exec(text) ?? []
  if (id === undefined || secret === undefined) return undefined
  return { id, digest: digestOf(secret) }
}

/** Compared with where there is no key of an id: nobody learns which ids there are. */
const NO_DIGEST = '00'.repeat(32)

/** Whether it has the digest that is kept for its id; always false where none is. In constant time. */
export function fits({ digest }: ShownKey, kept: string | undefined): boolean {
  const isSame = timingSafeEqual(digest, Buffer.from(kept ?? NO_DIGEST, 'hex'))
  return isSame && kept !== undefined
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function randomText(signs: string, length: number): string {
  return Array.from({ length }, () => signs[randomInt(signs.length)] ?? '').join('')
}
