import { createPublicKey } from 'node:crypto'
import { LruMap } from '../../wallet/lru-map.js'
import type { Caller } from '../call.js'
import { parseCertificate } from './certificate.js'
import type { Organisation } from './organisation.js'

/** An account of the chain. */
export interface CallingAccount {
  readonly address: string
  /** Ed25519, 64 hex digits. */
  readonly publicKey: string
}

interface Issued {
  readonly caller: Caller
  readonly notAfterMs: number
}

/** SubjectPublicKeyInfo around the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** A certificate that ends within this time is replaced. */
const RENEWAL_MS = 24 * 3_600_000

/** Certificates for accounts, by their address and over their own keys, issued when they are first asked for. */
export class AccountCertificates {
  readonly #organisation: Organisation
  readonly #nowMs: () => number
  readonly #issued = new LruMap<Issued>(1024)

  constructor(organisation: Organisation, nowMs: () => number) {
    this.#organisation = organisation
    this.#nowMs = nowMs
  }

  /** The account as contracts see it. */
  async callerFor(account: CallingAccount): Promise<Caller> {
    const known = this.#issued.get(account.publicKey)
    if (known && known.notAfterMs - RENEWAL_MS > this.#nowMs()) return known.caller
    const issued = await this.#issue(account)
    this.#issued.set(account.publicKey, issued)
    return issued.caller
  }

  async #issue({ address, publicKey }: CallingAccount): Promise<Issued> {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'hex')]),
      format: 'der',
      type: 'spki',
    })
    const certificate = await this.#organisation.certify(key, { commonName: address }, this.#nowMs())
    const caller = { mspId: this.#organisation.mspId, certificate }
    return { caller, notAfterMs: parseCertificate(certificate).notAfterMs }
  }
}
