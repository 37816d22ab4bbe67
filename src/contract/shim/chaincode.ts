import type { ChaincodeResponse } from './handler.js'
import type { ChaincodeStub } from './stub.js'

/** A contract as the stream knows it: what becomes of a transaction. */
export interface Chaincode {
  Init(stub: ChaincodeStub): Promise<ChaincodeResponse>
  Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse>
}

export const success = (payload?: Uint8Array): ChaincodeResponse => ({
  status: 200,
  payload: payload ?? Buffer.alloc(0),
})

export const failure = (message: string): ChaincodeResponse => ({ status: 500, message })

/** What was thrown, for the response. Fabric sends the message of an Error, and nothing of a thrown text. */
export function thrownMessage(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return `the contract threw ${String(thrown)}`
  const { message } = thrown as { message?: unknown }
  return typeof message === 'string' ? message : ''
}
