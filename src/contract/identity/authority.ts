import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto'
import type { Extension, Name } from '@peculiar/x509'
import type * as library from './x509.js'

type X509 = typeof library

/** A certificate and the private key that belongs to it. */
export interface KeyedCertificate {
  /** PEM. */
  readonly certificate: string
  readonly privateKey: KeyObject
}

/** The parts of a name in the order in which they stand in certificates. */
export type NameParts = readonly (readonly ['O' | 'OU' | 'CN', string])[]

/** From when until when a certificate is valid, in ms since 1970, cut to whole seconds. */
export interface Validity {
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export interface Request {
  readonly subject: NameParts
  readonly publicKey: KeyObject
  readonly validity: Validity
  /** Those of every certificate that is no authority's come of themselves. */
  readonly extensions: (x509: X509) => readonly Extension[]
}

export type KeyType = 'P-256' | 'Ed25519'

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export function generatePrivateKey(keyType: KeyType): KeyObject {
  const pair =
    keyType === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  return pair.privateKey
}

/** A new authority with a P-256 key, signed by itself. */
export async function createAuthority(name: NameParts, validity: Validity): Promise<KeyedCertificate> {
  const privateKey = generatePrivateKey('P-256')
  const publicKey = createPublicKey(privateKey)
  const certificate = await signCertificate(
    { subject: name, publicKey, validity, extensions: authorityExtensions },
    { issuer: (x509) => nameOf(x509, name), privateKey },
  )
  return { certificate, privateKey }
}

/** A certificate (PEM) signed by an authority of {@link createAuthority}. */
export function issueCertificate(authority: KeyedCertificate, request: Request): Promise<string> {
  const keyIdentifier = identifierOf(createPublicKey(authority.privateKey))
  return signCertificate(
    {
      ...request,
      extensions: (x509) => [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.AuthorityKeyIdentifierExtension(keyIdentifier),
        ...request.extensions(x509),
      ],
    },
    {
      issuer: (x509) => new x509.X509Certificate(authority.certificate).subjectName,
      privateKey: authority.privateKey,
    },
  )
}

function authorityExtensions(x509: X509): readonly Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
  ]
}

interface Signer {
  readonly issuer: (x509: X509) => Name
  readonly privateKey: KeyObject
}

async function signCertificate(
  { subject, publicKey, validity, extensions }: Request,
  signer: Signer,
): Promise<string> {
  const x509 = await import('./x509.js')
  const pkcs8 = signer.privateKey.export({ format: 'der', type: 'pkcs8' })
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, SIGNING, false, ['sign'])
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: nameOf(x509, subject),
      issuer: signer.issuer(x509),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      signingKey,
      signingAlgorithm: SIGNING,
      notBefore: new Date(validity.notBeforeMs),
      notAfter: new Date(validity.notAfterMs),
      extensions: [...extensions(x509), new x509.SubjectKeyIdentifierExtension(identifierOf(publicKey))],
    },
    webcrypto,
  )
  return `${certificate.toString('pem')}\n`
}

/** Made of a structure, not of the text that stands for it: nothing in a part is taken for the start of another. */
function nameOf(x509: X509, parts: NameParts): Name {
  return new x509.Name(parts.map(([type, value]) => ({ [type]: [{ utf8String: value }] })))
}

/** 40 hex digits that name a key in certificates. */
function identifierOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(spki).digest('hex').slice(0, 40)
}
