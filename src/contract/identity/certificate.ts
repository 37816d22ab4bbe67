import { type KeyObject, X509Certificate } from 'node:crypto'
import { IdentityError } from './identity-error.js'

/** An X.509 certificate with what is asked of it again and again. */
export interface Certificate {
  readonly pem: string
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  /** In ms since 1970, like the next. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Whether it may issue others. */
  readonly isAuthority: boolean
}

/** Longest certificate the chain takes as a caller's credentials (PAY-13), in bytes of its PEM text. */
export const MAX_CERTIFICATE_BYTES = 8192

/**
 * One block and nothing else, so that contracts in every language, which look for the block in ways of their own, find
 * the certificate that was checked here.
 */
const ONE_PEM_BLOCK =
  /^-----BEGIN CERTIFICATE-----\r?\n((?:[A-Za-z0-9+/]+={0,2}\r?\n)+)-----END CERTIFICATE-----(?:\r?\n)?$/

/** Reads a PEM certificate. @throws {IdentityError} `malformed` */
export function parseCertificate(pem: string): Certificate {
  const body = pem.length > MAX_CERTIFICATE_BYTES ? undefined : ONE_PEM_BLOCK.exec(pem)?.[1]
  if (body === undefined) throw new IdentityError('malformed', 'the certificate is not one block of PEM')
  const der = Buffer.from(body, 'base64')
  const x509 = parseDer(der)
  if (!x509.raw.equals(der)) throw new IdentityError('malformed', 'something follows the certificate')
  return {
    pem,
    x509,
    publicKey: publicKeyOf(x509),
    notBeforeMs: Date.parse(x509.validFrom),
    notAfterMs: Date.parse(x509.validTo),
    isAuthority: x509.ca,
  }
}

function parseDer(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new IdentityError('malformed', 'the certificate cannot be read', { cause })
  }
}

function publicKeyOf(x509: X509Certificate): KeyObject {
  try {
    return x509.publicKey
  } catch (cause) {
    throw new IdentityError('malformed', "the certificate's public key cannot be read", { cause })
  }
}

/** @throws {IdentityError} `out-of-date` */
export function requireInDate({ notBeforeMs, notAfterMs }: Certificate, nowMs: number): void {
  if (!(nowMs >= notBeforeMs))
    throw new IdentityError('out-of-date', `the certificate is valid only from ${dateOf(notBeforeMs)}`)
  if (!(nowMs <= notAfterMs))
    throw new IdentityError('out-of-date', `the certificate expired on ${dateOf(notAfterMs)}`)
}

function dateOf(timeMs: number): string {
  return Number.isNaN(timeMs) ? 'a date that cannot be read' : new Date(timeMs).toISOString()
}

/** Whether the private key of `authority` has signed this certificate. */
export function isIssuedBy({ x509 }: Certificate, authority: Certificate): boolean {
  if (!authority.isAuthority || !x509.checkIssued(authority.x509)) return false
  try {
    return x509.verify(authority.publicKey)
  } catch {
    // A key of a kind that cannot sign.
    return false
  }
}
