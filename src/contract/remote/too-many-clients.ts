/** A contract has as many clients as it may. */
export class TooManyClientsError extends Error {
  override readonly name = 'TooManyClientsError'
}
