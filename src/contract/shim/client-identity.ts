import type { CertificateFacts } from './certificate.js'
import { readCertificate } from './certificate.js'
import type { SerializedIdentity } from './transaction-input.js'
import { LruMap } from '../../wallet/lru-map.js'

/** The same few people call again and again: reading a certificate takes longer than the rest of a short call. */
const kept = new LruMap<CertificateFacts>(1024)

function factsOf(idBytes: Uint8Array): CertificateFacts {
  const pem = Buffer.from(idBytes.buffer, idBytes.byteOffset, idBytes.byteLength).toString('utf8')
  const known = kept.get(pem)
  if (known) return known
  const facts = readCertificate(pem)
  kept.set(pem, facts)
  return facts
}

/** Who proposed a transaction. */
export class ClientIdentity {
  readonly #creator: SerializedIdentity
  readonly #facts: CertificateFacts

  /** @throws {Error} where the creator has no certificate that can be read */
  constructor(stub: { getCreator(): SerializedIdentity }) {
    const creator = stub.getCreator()
    // Contracts of Fabric meet this very text where a transaction has no creator.
    if (!(creator as SerializedIdentity | undefined)) {
      throw new TypeError("Cannot read properties of undefined (reading 'mspid')")
    }
    this.#creator = creator
    this.#facts = factsOf(creator.idBytes)
  }

  /** `x509::` subject `::` issuer. */
  getID(): string {
    return `x509::${this.#facts.subject}::${this.#facts.issuer}`
  }

  getIDBytes(): Uint8Array {
    return this.#creator.idBytes
  }

  /** Of the organisation. */
  getMSPID(): string {
    return this.#creator.mspid
  }

  /** Null where the certificate has no such attribute, or an empty one. */
  getAttributeValue(attrName: string): string | null {
    const { attributes } = this.#facts
    if (!Object.hasOwn(attributes, attrName)) return null
    return (attributes[attrName] as string) || null
  }

  assertAttributeValue(attrName: string, attrValue: string): boolean {
    const value = this.getAttributeValue(attrName)
    return value !== null && value === attrValue
  }
}
