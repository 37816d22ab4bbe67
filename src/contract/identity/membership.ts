import { LruMap } from '../../wallet/lru-map.js'
import type { Caller } from '../call.js'
import { WireError } from '../wire/codec.js'
import { SerializedIdentity } from '../wire/fabric.js'
import { type Certificate, isIssuedBy, parseCertificate, requireInDate } from './certificate.js'
import { IdentityError } from './identity-error.js'
import { type VerifyMessage, verifierOf } from './signature-key.js'

/** Which authorities an organisation has. */
export interface MspRoots {
  /**
   * Root certificates (PEM) whose word counts for members of an organisation that call `contract`; undefined: any
   * contract. Empty for an organisation nobody knows. Asked for one after another, those most likely first.
   */
  rootsOf(mspId: string, contract: string | undefined): Iterable<string>
}

/** Somebody whose certificate was found to be in order. */
export interface Member extends Caller {
  /** Whether the certificate's key has made a signature. */
  readonly hasSigned: VerifyMessage
}

interface KnownMember {
  readonly member: Member
  readonly certificate: Certificate
  /** The root that vouches for it. */
  readonly root: Certificate
}

export interface MembershipOptions {
  readonly roots: MspRoots
  readonly nowMs: () => number
  /** How many members are remembered, about 8 KB each; checking one anew costs about 0.3 ms. */
  readonly capacity?: number
}

/** Longest serialised identity worth reading: the longest certificate and the name of its organisation. */
const MAX_CREATOR_BYTES = 10_000

/** More roots of one organisation than these are not looked at: contracts that anybody deploys may name as many as they like. */
const MAX_ROOTS = 16

const MSP_ID = /^[\x21-\x7e]{1,64}$/

/** Tells members of the organisations that the node knows from everybody else. */
export class Membership {
  readonly #roots: MspRoots
  readonly #nowMs: () => number
  readonly #members: LruMap<KnownMember>
  /** Null for what is no certificate. */
  readonly #rootCertificates = new LruMap<Certificate | null>(1024)

  constructor({ roots, nowMs, capacity = 1024 }: MembershipOptions) {
    this.#roots = roots
    this.#nowMs = nowMs
    this.#members = new LruMap(capacity)
  }

  /**
   * The member that a serialised identity stands for, where it calls `contract` (undefined: no certain one).
   * @throws {IdentityError} `malformed`, `unknown` or `out-of-date`
   */
  identify(creator: Uint8Array, contract: string | undefined): Member {
    if (creator.length > MAX_CREATOR_BYTES) throw new IdentityError('malformed', 'the identity is too long')
    const key = Buffer.from(creator.buffer, creator.byteOffset, creator.length).toString('latin1')
    const known = this.#members.get(key) ?? this.#read(creator)
    const { member, certificate } = known
    const nowMs = this.#nowMs()
    requireInDate(certificate, nowMs)
    const root = this.#rootFor(known, contract)
    requireInDate(root, nowMs)
    if (root !== known.root) this.#members.set(key, { member, certificate, root })
    return member
  }

  #read(creator: Uint8Array): Omit<KnownMember, 'root'> & { readonly root?: Certificate } {
    const { mspId, pem } = decodeIdentity(creator)
    const certificate = parseCertificate(pem)
    if (certificate.isAuthority)
      throw new IdentityError('malformed', "an authority's certificate is nobody's identity")
    const hasSigned = verifierOf(certificate.publicKey)
    if (!hasSigned)
      throw new IdentityError('malformed', "the certificate's key is neither P-256 nor P-384 nor Ed25519")
    return { member: { mspId, certificate: pem, hasSigned }, certificate }
  }

  #rootFor(
    { member, certificate, root }: Omit<KnownMember, 'root'> & { readonly root?: Certificate },
    contract: string | undefined,
  ): Certificate {
    if (root) for (const pem of this.#rootsOf(member, contract)) if (pem === root.pem) return root
    for (const pem of this.#rootsOf(member, contract)) {
      const candidate = this.#rootCertificate(pem)
      if (candidate && isIssuedBy(certificate, candidate)) return candidate
    }
    throw new IdentityError('unknown', 'no authority of this organisation has issued the certificate')
  }

  *#rootsOf({ mspId }: Member, contract: string | undefined): Generator<string> {
    let count = 0
    for (const pem of this.#roots.rootsOf(mspId, contract)) {
      if (++count > MAX_ROOTS) return
      yield pem
    }
  }

  #rootCertificate(pem: string): Certificate | null {
    const known = this.#rootCertificates.get(pem)
    if (known !== undefined) return known
    const certificate = parseRoot(pem)
    this.#rootCertificates.set(pem, certificate)
    return certificate
  }
}

function parseRoot(pem: string): Certificate | null {
  try {
    return parseCertificate(pem)
  } catch (error) {
    // A contract's definition may hold anything; its other roots may be in order.
    if (error instanceof IdentityError) return null
    throw error
  }
}

function decodeIdentity(creator: Uint8Array): { readonly mspId: string; readonly pem: string } {
  try {
    const { mspid, idBytes } = SerializedIdentity.decode(creator)
    if (!MSP_ID.test(mspid)) throw new IdentityError('malformed', 'the identity names no organisation')
    return { mspId: mspid, pem: Buffer.from(idBytes).toString('latin1') }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new IdentityError('malformed', 'the identity cannot be read', { cause: error })
  }
}
