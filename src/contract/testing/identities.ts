import type { Identity } from '../identity/identity.js'
import { Organisation } from '../identity/organisation.js'

/** Who calls: a client of an organisation. */
export interface TestIdentity {
  readonly mspId?: string
  readonly commonName?: string
  /** What the certificate attests of its holder. */
  readonly attributes?: Readonly<Record<string, string>>
}

export const EVERYBODY = { mspId: 'Org1MSP', commonName: 'user1', attributes: {} }

/** Certificates for whoever calls, issued when they are first needed. */
export class Identities {
  readonly #organisations = new Map<string, Promise<Organisation>>()
  readonly #identities = new Map<string, Promise<Identity>>()
  /** Certificates are dated by the clock of the machine: nothing looks at it. */
  readonly #nowMs = Date.now()

  get({ mspId, commonName, attributes }: Required<TestIdentity>): Promise<Identity> {
    const place = JSON.stringify([mspId, commonName, attributes])
    return kept(this.#identities, place, async () => {
      const organisation = await this.#organisation(mspId)
      return organisation.issue({ commonName, attributes }, this.#nowMs)
    })
  }

  #organisation(mspId: string): Promise<Organisation> {
    return kept(this.#organisations, mspId, () => Organisation.create(mspId, this.#nowMs))
  }
}

function kept<V>(values: Map<string, Promise<V>>, place: string, make: () => Promise<V>): Promise<V> {
  const value = values.get(place) ?? make()
  values.set(place, value)
  return value
}
