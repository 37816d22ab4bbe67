import type { DerValue } from './der.js'
import { derValues, objectId } from './der.js'

/** What contracts may know of a certificate. */
export interface CertificateFacts {
  /** As `/C=US/O=org1/CN=alice`, in the order of the certificate. */
  readonly subject: string
  readonly issuer: string
  /** What its authority attests of the holder, by name. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Fabric's certificate authorities put attributes into an extension of this id: JSON, without DER around it. */
const ATTRIBUTES_ID = '1.2.3.4.5.6.7.8.1'

/** Others have no short name. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'E',
}

const PEM = /-----\s*BEGIN ?[^-]+?-----([\s\S]*)-----\s*END ?[^-]+?-----/
const VERSION_TAG = 0xa0
const EXTENSIONS_TAG = 0xa3
const OCTET_STRING_TAG = 0x04
const BMP_STRING_TAG = 0x1e

/** @throws {Error} for text that is no certificate in PEM */
export function readCertificate(pem: string): CertificateFacts {
  const base64 = PEM.exec(pem)?.[1]
  if (base64 === undefined) throw new Error('Failed to find start line or end line of the certificate.')
  const [certificate] = derValues(Buffer.from(base64, 'base64'))
  const [signed] = derValues(part(certificate).bytes)
  const fields = derValues(part(signed).bytes)
  if (fields[0]?.tag === VERSION_TAG) fields.shift()
  // Serial number, signature algorithm, issuer, validity, subject, public key, and then what may be missing.
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS_TAG)
  return {
    issuer: distinguishedName(part(fields[2])),
    subject: distinguishedName(part(fields[4])),
    attributes: extensions ? attributesIn(extensions) : {},
  }
}

function part(value: DerValue | undefined): DerValue {
  if (!value) throw new Error('Cannot read X.509 certificate: a field is missing')
  return value
}

function distinguishedName(name: DerValue): string {
  return derValues(name.bytes)
    .flatMap((set) => derValues(set.bytes))
    .map((attribute) => {
      const [id, value] = derValues(attribute.bytes)
      // Fabric escapes the first slash alone.
      const text = stringOf(part(value)).replace('/', '\\/')
      return `/${SHORT_NAMES[objectId(part(id).bytes)] ?? ''}=${text}`
    })
    .join('')
}

function stringOf({ tag, bytes }: DerValue): string {
  if (tag !== BMP_STRING_TAG) return bytes.toString('utf8')
  return Buffer.from(bytes).swap16().toString('utf16le')
}

function attributesIn(extensions: DerValue): Record<string, unknown> {
  for (const extension of derValues(part(derValues(extensions.bytes)[0]).bytes)) {
    const fields = derValues(extension.bytes)
    if (objectId(part(fields[0]).bytes) !== ATTRIBUTES_ID) continue
    const value = part(fields.find(({ tag }) => tag === OCTET_STRING_TAG))
    const { attrs } = JSON.parse(value.bytes.toString()) as { attrs?: Record<string, unknown> | null }
    return attrs ?? {}
  }
  return {}
}
