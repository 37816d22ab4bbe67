/** Why a proposal is refused. */
export type ProposalFault =
  /** It is not what a proposal has to be, or too long. */
  | 'malformed'
  /** Its transaction id does not follow from its creator and nonce. */
  | 'wrong-id'
  /** It is for another channel. */
  | 'other-channel'
  /** Its creator is nobody, or has not signed it. */
  | 'access-denied'
  /** Its call is in the chain. */
  | 'duplicate'

/** A proposal is refused; the message is the text Fabric's clients know, where there is one. */
export class ProposalError extends Error {
  override readonly name = 'ProposalError'
  readonly fault: ProposalFault

  constructor(fault: ProposalFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
