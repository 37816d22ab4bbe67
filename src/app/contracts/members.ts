import type { Caller } from '../../contract/call.js'
import { Membership } from '../../contract/identity/membership.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import type { ContractDefinition } from '../../ledger/contracts/definition.js'
import type { DeployedContracts } from './deployed-contracts.js'

/**
 * Who is a member of an organisation. Anybody may deploy a contract that names any organisation with certificates of their
 * own, so the word of a definition counts for its contract alone; the node's own organisations count for all.
 */
export class ContractMembers {
  /** Of callers as they come to the node. */
  readonly membership: Membership
  readonly #organisations: readonly Pick<Organisation, 'mspId' | 'rootCertificate'>[]

  constructor(
    organisations: readonly Pick<Organisation, 'mspId' | 'rootCertificate'>[],
    deployed: Pick<DeployedContracts, 'of' | 'rootsOf'>,
    nowMs: () => number,
  ) {
    this.#organisations = organisations
    const rootsOf = (mspId: string, contract: string | undefined): readonly string[] =>
      contract === undefined
        ? [...new Set([...this.#ownRoots(mspId), ...deployed.rootsOf(mspId)])]
        : this.#rootsUnder(deployed.of(contract), mspId)
    this.membership = new Membership({ roots: { rootsOf }, nowMs })
  }

  /** @throws {IdentityError} unless the caller is a member of its organisation as this contract knows it */
  requireMember(caller: Caller, definition: ContractDefinition): void {
    this.membership.requireIssuedBy(caller, this.#rootsUnder(definition, caller.mspId))
  }

  #rootsUnder(definition: ContractDefinition | undefined, mspId: string): readonly string[] {
    const named = definition?.organisations.find((each) => each.mspId === mspId)
    return [...this.#ownRoots(mspId), ...(named?.rootCertificates ?? [])]
  }

  #ownRoots(mspId: string): readonly string[] {
    return this.#organisations
      .filter((each) => each.mspId === mspId)
      .map(({ rootCertificate }) => rootCertificate)
  }
}
