import { createPublicKey, type KeyObject } from 'node:crypto'
import { ApiError } from '../../api/errors.js'
import type { IdentityJson, Issued, IssueParams } from '../../api/schemas/contract.js'
import type { Call } from '../call.js'
import type { Identity } from '../identity/identity.js'
import { IdentityError } from '../identity/identity-error.js'
import type { IdentityRequest, Organisation } from '../identity/organisation.js'
import { makeProposal } from '../proposal/make-proposal.js'
import type { CallOrder, LocalCallers } from './local-callers.js'

/** An identity with the name it goes by here, such as `user1@Org1MSP`. */
export interface NamedIdentity extends Identity {
  readonly name: string
}

export interface IdentityBookOptions {
  readonly channelId: string
  readonly organisations: readonly Organisation[]
  /** The first is who calls where no name is given. */
  readonly identities: readonly NamedIdentity[]
  /** Keeps one with its key, durably, for the next run too. */
  readonly keep: (identity: NamedIdentity) => Promise<void>
  readonly now: () => number
}

/** Identities whose keys this node holds. */
export class IdentityBook implements LocalCallers {
  readonly #options: IdentityBookOptions
  readonly #identities: Map<string, NamedIdentity>

  constructor(options: IdentityBookOptions) {
    this.#options = options
    this.#identities = new Map(options.identities.map((each) => [each.name, each]))
  }

  list(): readonly IdentityJson[] {
    return [...this.#identities.values()].map(({ name, mspId, certificate }) => ({
      name,
      msp_id: mspId,
      certificate,
    }))
  }

  async call({ identity, ...order }: CallOrder): Promise<Call> {
    const { channelId, now } = this.#options
    return Promise.resolve(
      makeProposal({ channelId, identity: this.#find(identity), ...order, timestampMs: now() }),
    )
  }

  async issue(
    params: IssueParams,
  ): Promise<Pick<Issued, 'name' | 'msp_id' | 'certificate' | 'root_certificate'>> {
    const organisation = this.#organisation(params.msp_id)
    const name = `${params.name}@${organisation.mspId}`
    const certificate = await this.#certificate(name, params, organisation)
    return { name, msp_id: organisation.mspId, certificate, root_certificate: organisation.rootCertificate }
  }

  async #certificate(name: string, params: IssueParams, organisation: Organisation): Promise<string> {
    const { public_key: publicKey } = params
    const request = requestOf(params)
    const nowMs = this.#options.now()
    try {
      if (publicKey !== undefined) return await organisation.certify(keyOf(publicKey), request, nowMs)
      const identity = { ...(await organisation.issue(request, nowMs)), name }
      await this.#options.keep(identity)
      this.#identities.set(name, identity)
      return identity.certificate
    } catch (error) {
      if (error instanceof IdentityError) throw new ApiError('INVALID_PARAMS', error.message)
      throw error
    }
  }

  #find(name: string | undefined): NamedIdentity {
    const [first] = this.#identities.values()
    const found =
      name === undefined
        ? first
        : (this.#identities.get(name) ??
          [...this.#identities.values()].find((each) => each.name.split('@')[0] === name))
    if (found) return found
    const text =
      name === undefined
        ? 'this node hosts no organisation: --organisations names some'
        : `this node has no identity ${JSON.stringify(name)}; it has ${[...this.#identities.keys()].slice(0, 20).join(', ')}`
    throw new ApiError('IDENTITY_NOT_FOUND', text)
  }

  #organisation(mspId: string | undefined): Organisation {
    const { organisations } = this.#options
    const found = mspId === undefined ? organisations[0] : organisations.find((each) => each.mspId === mspId)
    if (found) return found
    const hosted = organisations.map((each) => each.mspId).join(', ')
    throw new ApiError(
      'IDENTITY_NOT_FOUND',
      `this node hosts ${hosted || 'no organisation'}, not ${mspId ?? 'any'}`,
    )
  }
}

function requestOf({ name, role, attributes }: IssueParams): IdentityRequest {
  return { commonName: name, ...(role ? { role } : {}), ...(attributes ? { attributes } : {}) }
}

function keyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch {
    throw new ApiError('INVALID_PARAMS', 'public_key is no public key in PEM', { path: '/public_key' })
  }
}
