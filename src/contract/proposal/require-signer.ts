import { IdentityError } from '../identity/identity-error.js'
import type { Member, Membership } from '../identity/membership.js'
import { SerializedIdentity } from '../wire/fabric.js'
import { ProposalError } from './proposal-error.js'

/** Something that somebody claims to have signed. */
export interface SignedMessage {
  readonly message: Uint8Array
  readonly signature: Uint8Array
  /** A serialised identity. */
  readonly creator: Uint8Array
  /** The contract it is about; undefined: none. */
  readonly contract: string | undefined
}

/** Whoever signed it, if that is its creator and a member. Rejects with a ProposalError `access-denied`. */
export async function requireSigner(
  signed: SignedMessage,
  members: Membership,
  channelId: string,
): Promise<Member> {
  const member = identify(signed, members, channelId)
  if (await member.hasSigned(signed.message, signed.signature)) return member
  throw accessDenied(channelId, member.mspId, "the signature is not by the key of the creator's certificate")
}

function identify({ creator, contract }: SignedMessage, members: Membership, channelId: string): Member {
  try {
    return members.identify(creator, contract)
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error
    if (error.fault === 'malformed')
      throw new ProposalError(
        'access-denied',
        `access denied: channel [${channelId}] creator org unknown, creator is malformed: ${error.message}`,
        { cause: error },
      )
    throw accessDenied(channelId, SerializedIdentity.decode(creator).mspid, error.message, { cause: error })
  }
}

function accessDenied(
  channelId: string,
  mspId: string,
  reason: string,
  options?: ErrorOptions,
): ProposalError {
  const message = `access denied: channel [${channelId}] creator org [${mspId}]: ${reason}`
  return new ProposalError('access-denied', message, options)
}
