import { MSPRole, SignaturePolicyEnvelope } from '../wire/fabric.js'

const ROLES = { MEMBER: 0, PEER: 3 } as const

/** Of the principals a policy may name: those with a role in an organisation. */
const ROLE_PRINCIPAL = 0

/** A policy for a key that all of some organisations have to endorse its changes, as setStateValidationParameter takes it. */
export class KeyEndorsementPolicy {
  /** The role in each organisation. */
  readonly #roles = new Map<string, number>()

  /** Begins with a policy, or with no organisations. @throws {Error} for bytes that are no policy */
  constructor(policy?: Uint8Array) {
    if (!policy) return
    for (const { principalClassification, principal } of SignaturePolicyEnvelope.decode(policy).identities) {
      if (principalClassification !== ROLE_PRINCIPAL) continue
      const { mspIdentifier, role } = MSPRole.decode(principal)
      this.#roles.set(mspIdentifier, role)
    }
  }

  getPolicy(): Uint8Array {
    const identities = [...this.#roles].map(([mspIdentifier, role]) => ({
      principalClassification: ROLE_PRINCIPAL,
      principal: MSPRole.encode({ mspIdentifier, role }),
    }))
    const rules = identities.map((_, index) => ({ signedBy: index, nOutOf: undefined }))
    return Buffer.from(
      SignaturePolicyEnvelope.encode({
        version: 0,
        rule: { signedBy: undefined, nOutOf: { n: rules.length, rules } },
        identities,
      }),
    )
  }

  /** `role`: MEMBER or PEER. @throws {Error} for another */
  addOrgs(role: string, ...organisations: string[]): void {
    if (role !== 'MEMBER' && role !== 'PEER') throw new Error(`role type ${role} does not exist`)
    for (const organisation of organisations) this.#roles.set(organisation, ROLES[role])
  }

  delOrgs(...organisations: string[]): void {
    for (const organisation of organisations) this.#roles.delete(organisation)
  }

  listOrgs(): string[] {
    return [...this.#roles.keys()]
  }
}
