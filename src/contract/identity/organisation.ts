import { createPublicKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import {
  createAuthority,
  generatePrivateKey,
  issueCertificate,
  type KeyedCertificate,
  type KeyType,
  type Validity,
} from './authority.js'
import { MAX_CERTIFICATE_BYTES, parseCertificate } from './certificate.js'
import type { Identity } from './identity.js'
import { IdentityError } from './identity-error.js'

/** Where contracts find a caller's attributes: Fabric's own number for them. */
const ATTRIBUTES_OID = '1.2.3.4.5.6.7.8.1'

const HOUR_MS = 3_600_000
const YEAR_MS = 365 * 24 * HOUR_MS
const AUTHORITY_YEARS = 20
const DEFAULT_VALIDITY_MS = 10 * YEAR_MS
const TLS_VALIDITY_MS = YEAR_MS

const MSP_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*$/
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1']

/** What somebody is in an organisation; it stands in the certificate as organisational unit. */
export type Role = 'client' | 'admin' | 'peer'

export interface IdentityRequest {
  /** 1 to 64 bytes of UTF-8; an address for an account. */
  readonly commonName: string
  readonly role?: Role
  /** What contracts may ask of their caller. */
  readonly attributes?: Readonly<Record<string, string>>
  /** P-256 if left out. */
  readonly keyType?: KeyType
  /** Ends with the organisation's own at the latest; ten years if left out. */
  readonly validityMs?: number
}

/** The keys an organisation lives by: they issue its members' certificates, and those its servers show. */
export interface OrganisationKeys {
  readonly mspId: string
  readonly authority: KeyedCertificate
  readonly tlsAuthority: KeyedCertificate
}

/** A small certificate authority of one organisation (MSP). */
export class Organisation {
  readonly keys: OrganisationKeys
  readonly #notAfterMs: number

  constructor(keys: OrganisationKeys) {
    this.keys = keys
    this.#notAfterMs = parseCertificate(keys.authority.certificate).notAfterMs
  }

  /** One that did not exist before. @param mspId such as `Org1MSP`. @throws {IdentityError} `request` */
  static async create(mspId: string, nowMs: number): Promise<Organisation> {
    if (!MSP_ID.test(mspId)) throw new IdentityError('request', `${JSON.stringify(mspId)} names no MSP`)
    const validity = validityFrom(nowMs, AUTHORITY_YEARS * YEAR_MS)
    const named = (commonName: string) =>
      createAuthority(
        [
          ['O', mspId],
          ['CN', commonName],
        ],
        validity,
      )
    return new Organisation({
      mspId,
      authority: await named(`ca.${mspId}`),
      tlsAuthority: await named(`tlsca.${mspId}`),
    })
  }

  get mspId(): string {
    return this.keys.mspId
  }

  /** PEM; members are known by it. */
  get rootCertificate(): string {
    return this.keys.authority.certificate
  }

  /** PEM; clients know its servers by it. */
  get tlsRootCertificate(): string {
    return this.keys.tlsAuthority.certificate
  }

  /** A member with a key of its own. @throws {IdentityError} `request` */
  async issue(request: IdentityRequest, nowMs: number): Promise<Identity> {
    const privateKey = generatePrivateKey(request.keyType ?? 'P-256')
    const certificate = await this.certify(createPublicKey(privateKey), request, nowMs)
    return { mspId: this.mspId, certificate, privateKey }
  }

  /** A certificate (PEM) for somebody who keeps the private key. @throws {IdentityError} `request` */
  async certify(
    publicKey: KeyObject,
    request: Omit<IdentityRequest, 'keyType'>,
    nowMs: number,
  ): Promise<string> {
    const { commonName, role = 'client', attributes, validityMs = DEFAULT_VALIDITY_MS } = request
    requireCommonName(commonName)
    const attributesJson = attributes && attributesText(attributes)
    const certificate = await issueCertificate(this.keys.authority, {
      subject: [
        ['OU', role],
        ['CN', commonName],
      ],
      publicKey,
      validity: this.#validityFrom(nowMs, validityMs),
      extensions: (x509) =>
        attributesJson === undefined
          ? []
          : [new x509.Extension(ATTRIBUTES_OID, false, Buffer.from(attributesJson))],
    })
    if (certificate.length > MAX_CERTIFICATE_BYTES)
      throw new IdentityError('request', 'the certificate is too long: give it fewer attributes')
    return certificate
  }

  /**
   * For one end of TLS, server or client: a certificate for this machine's own names and for `hosts` (names or IP
   * addresses), valid for a year. @throws {IdentityError} `request`
   */
  async issueTls(hosts: readonly string[], nowMs: number): Promise<KeyedCertificate> {
    const names = [...new Set([...LOOPBACK_HOSTS, ...hosts])].map(alternativeName)
    const privateKey = generatePrivateKey('P-256')
    const certificate = await issueCertificate(this.keys.tlsAuthority, {
      subject: [['CN', hosts[0] ?? 'localhost']],
      publicKey: createPublicKey(privateKey),
      validity: this.#validityFrom(nowMs, TLS_VALIDITY_MS),
      extensions: (x509) => [
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension(names),
      ],
    })
    return { certificate, privateKey }
  }

  #validityFrom(nowMs: number, lengthMs: number): Validity {
    const { notBeforeMs, notAfterMs } = validityFrom(nowMs, lengthMs)
    return { notBeforeMs, notAfterMs: Math.min(notAfterMs, this.#notAfterMs) }
  }
}

/** Begins an hour early: clocks of two machines differ. */
function validityFrom(nowMs: number, lengthMs: number): Validity {
  return { notBeforeMs: nowMs - HOUR_MS, notAfterMs: nowMs + lengthMs }
}

function requireCommonName(commonName: string): void {
  const bytes = Buffer.byteLength(commonName)
  if (bytes < 1 || bytes > 64 || /\p{Cc}|\p{Cs}/u.test(commonName))
    throw new IdentityError('request', 'a common name has 1 to 64 bytes, none of them a control character')
}

/** As Fabric's contracts read it. */
function attributesText(attributes: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries(attributes))
    if (name === '' || typeof value !== 'string')
      throw new IdentityError('request', 'an attribute has a name and its value is text')
  return JSON.stringify({ attrs: attributes })
}

function alternativeName(host: string): { readonly type: 'dns' | 'ip'; readonly value: string } {
  if (isIP(host) !== 0) return { type: 'ip', value: host }
  if (!HOST_NAME.test(host))
    throw new IdentityError('request', `${JSON.stringify(host)} is neither a host name nor an IP address`)
  return { type: 'dns', value: host }
}
