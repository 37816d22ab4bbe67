import { type Metadata, status } from '@grpc/grpc-js'
import type { RecordSource } from '../record-source.js'
import type { RemoteRegistry } from '../registry.js'
import type { RemoteContract } from '../remote-contract.js'
import type { FailedAttempts } from './failed-attempts.js'
import { REFUSALS, type Refusal } from './refusal.js'

/** Whom a client may speak for. */
export interface Admitted {
  readonly contract: RemoteContract
  readonly keyId: string
}

export interface AdmissionOptions {
  readonly registry: Pick<RemoteRegistry, 'check' | 'get'>
  /** That is served here. */
  readonly chain: Pick<RecordSource, 'chainId'>
  readonly failedAttempts: FailedAttempts
}

/** Reads the three headers with which every client comes. What they hold is told to nobody. */
export class Admission {
  readonly #options: AdmissionOptions

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** @param address of the client, without a port */
  admit(metadata: Metadata, address: string): Admitted | Refusal {
    const found = this.#check(metadata)
    if (!('code' in found) || !COUNTED.has(found.code)) return found
    const retryAfterMs = this.#options.failedAttempts.note(address)
    if (retryAfterMs === undefined) return found
    return {
      code: status.RESOURCE_EXHAUSTED,
      details: 'too many attempts without a right API key',
      retryAfterMs,
    }
  }

  #check(metadata: Metadata): Admitted | Refusal {
    const apiKey = header(metadata, 'x-api-key')
    const chainId = header(metadata, 'x-chain-id')
    const contractId = header(metadata, 'x-smart-contract-id')
    if (apiKey === '') return REFUSALS.noKey
    if (chainId === '') return REFUSALS.noChain
    if (contractId === '') return REFUSALS.noContract
    const { registry } = this.#options
    const key = registry.check(apiKey)
    if (key.outcome === 'invalid') return REFUSALS.badKey
    if (chainId !== this.#options.chain.chainId) return REFUSALS.otherChain
    // Before anything else is said of the contract: a key tells nothing of those it is not for.
    if (key.contractId !== contractId) return REFUSALS.otherContract
    const contract = registry.get(contractId)
    return contract ? { contract, keyId: key.keyId } : REFUSALS.unknownContract
  }
}

const COUNTED: ReadonlySet<status> = new Set([status.UNAUTHENTICATED, status.PERMISSION_DENIED])

/** Several values are put together, and are nothing that fits. */
function header(metadata: Metadata, name: string): string {
  return metadata.get(name).join(', ')
}
