/** Why an identity is refused. */
export type IdentityFault =
  /** It cannot be read, or is of a kind that contracts in some language could not read. */
  | 'malformed'
  /** No authority of the organisation it names has issued it. */
  | 'unknown'
  /** Its time is over, or has not come. */
  | 'out-of-date'
  /** It cannot be issued as asked for. */
  | 'request'
  /** The file of an organisation is not what this program writes. */
  | 'file'

export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly fault: IdentityFault

  constructor(fault: IdentityFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
