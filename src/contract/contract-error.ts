/** Why a call has no answer of its contract. */
export type ContractFault =
  /** No contract is deployed under this name. */
  | 'unknown-contract'
  /** It is deployed, but no process that runs it is connected. */
  | 'not-connected'
  /** It has to be initialised first, or was, or needs not be. */
  | 'initialisation'
  /** The caller is no member of its organisation as the contract knows it. */
  | 'access-denied'
  /** It took too long. */
  | 'timeout'
  /** Its process went away. */
  | 'stream-lost'
  /** Too many calls wait already. */
  | 'busy'
  /** The node is stopping. */
  | 'stopping'
  /** The call itself is not in order. */
  | 'bad-call'

/** A call has no answer of its contract; the message is the text Fabric's clients know, where there is one. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly fault: ContractFault

  constructor(fault: ContractFault, message: string) {
    super(message)
    this.fault = fault
  }
}
