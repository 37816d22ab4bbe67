import type { IdentityJson, Issued, IssueParams } from '../../api/schemas/contract.js'
import type { Call } from '../call.js'

/** A call that the node makes for somebody who has no key of its own here. */
export interface CallOrder {
  readonly contract: string
  /** The function first. */
  readonly args: readonly Uint8Array[]
  readonly isInit: boolean
  readonly transient: ReadonlyMap<string, Uint8Array>
  /** Name of one of the node's identities; undefined: the first. */
  readonly identity: string | undefined
}

/** Identities whose keys the node has. */
export interface LocalCallers {
  list(): readonly IdentityJson[]
  /** @throws {ApiError} IDENTITY_NOT_FOUND, INVALID_PARAMS */
  issue(params: IssueParams): Promise<Pick<Issued, 'name' | 'msp_id' | 'certificate' | 'root_certificate'>>
  /** The call with a new id, as of now, signed. @throws {ApiError} IDENTITY_NOT_FOUND */
  call(order: CallOrder): Promise<Call>
}
