import { Contract } from './contract.js'
import type { Metadata } from './metadata.js'

/** The name of the contract that every contract process has besides its own. */
export const SYSTEM_CONTRACT = 'org.hyperledger.fabric'

/** Tells clients what there is to call. */
export class SystemContract extends Contract {
  _metadata: Metadata | undefined

  constructor() {
    super(SYSTEM_CONTRACT)
  }

  GetMetadata(): Metadata | undefined {
    return this._metadata
  }
}
