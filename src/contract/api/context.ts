import type { ClientIdentity } from '../shim/client-identity.js'
import type { ChaincodeStub } from '../shim/stub.js'
import type { Logger } from './logging.js'

/** What a transaction function knows of its transaction; one for each. Contracts may have their own, with more in it. */
export class Context {
  /** The ledger. */
  declare stub: ChaincodeStub
  /** Who calls. */
  declare clientIdentity: ClientIdentity
  declare logging: { setLevel(level: string): void; getLogger(name?: string): Logger }

  setChaincodeStub(stub: ChaincodeStub): void {
    this.stub = stub
  }

  setClientIdentity(clientIdentity: ClientIdentity): void {
    this.clientIdentity = clientIdentity
  }
}
