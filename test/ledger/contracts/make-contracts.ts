import { canonicalJson } from '../../../src/base/canonical-json.js'
import type { EndorsersOf } from '../../../src/ledger/contracts/contract-policy.js'
import { contractPolicy } from '../../../src/ledger/contracts/contract-policy.js'
import type { ContractDefinition } from '../../../src/ledger/contracts/definition.js'
import { deployment } from '../../../src/ledger/contracts/lifecycle.js'
import { majorityOf, type Policy } from '../../../src/ledger/contracts/policy.js'
import { connectBlock } from '../../../src/ledger/connect-block.js'
import type { InvocationPayload } from '../../../src/ledger/payload/invocation.js'
import type { KeyWrite } from '../../../src/ledger/payload/key-access.js'
import type { Transaction } from '../../../src/ledger/transaction.js'
import { disconnectBlock } from '../../../src/ledger/undo.js'
import type { ValidationCode } from '../../../src/ledger/validation-code.js'
import type { WorldView } from '../../../src/ledger/world-state.js'
import { addressOf, blockOf, callOf, callPayload, keyOf, START, testChain } from '../make-chain.js'
import { MemoryState } from '../memory-ports.js'

export const chain = testChain()

/** Signatures are made up; one of zeros alone is wrong. */
export const WRONG = '00'.repeat(64)
const RIGHT = '11'.repeat(64)

export const endorsersOf: EndorsersOf = ({ endorsements }) =>
  new Set(endorsements.filter(({ signature }) => signature !== WRONG).map(({ publicKey }) => publicKey))

export const policy = contractPolicy(endorsersOf)

/** Endorsements by nodes of these names. */
export function by(...names: readonly string[]): Pick<InvocationPayload, 'endorsements'> {
  const endorsements = names.map((name) => ({ publicKey: keyOf(name), signature: RIGHT }))
  return { endorsements: endorsements.sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1)) }
}

export function member(mspId: string): Policy {
  return { mspId, role: 'MEMBER' }
}

/** Each organisation OrgN has one node, called nodeN. */
export function definition(
  name: string,
  organisations: readonly number[],
  changes: Partial<ContractDefinition> = {},
): ContractDefinition {
  return {
    name,
    id: `${name}:1.0`,
    version: '1.0',
    sequence: 1,
    initRequired: false,
    organisations: organisations.map((n) => ({
      mspId: `Org${n}MSP`,
      endorsers: [keyOf(`node${n}`)],
      rootCertificates: [],
    })),
    endorsementPolicy: majorityOf(organisations.map((n) => `Org${n}MSP`)),
    collections: [],
    owner: addressOf('deployer'),
    ...changes,
  }
}

export function write(namespace: string, key: string, text: string | null): KeyWrite {
  return { namespace, key, value: text === null ? null : { text } }
}

/** Metadata of a key, the values in hex. */
export function metadataOf(namespace: string, key: string, metadata: Record<string, string>): KeyWrite {
  return { namespace: `${namespace}/meta`, key, value: { text: canonicalJson(metadata) } }
}

/** A chain in memory that is told only about calls. Every block comes off and on again. */
export class ContractWorld extends MemoryState {
  #parent = blockOf(chain, undefined)
  #count = 0

  constructor() {
    super()
    this.connect(this.#parent, connectBlock(this.#parent, this, chain, context))
  }

  get height(): number {
    return this.#parent.header.height
  }

  /** Puts calls in one block; their outcomes. */
  mine(...transactions: readonly Transaction[]): readonly ValidationCode[] {
    const block = blockOf(chain, this.#parent.header, { transactions })
    const effects = connectBlock(block, this, chain, context)
    const before = this.snapshot()
    this.connect(block, effects)
    const after = JSON.stringify(this.snapshot())
    this.disconnect(block, disconnectBlock(block, effects.undo))
    if (JSON.stringify(this.snapshot()) !== JSON.stringify(before)) throw new Error('a block left a trace')
    this.connect(block, effects)
    if (JSON.stringify(this.snapshot()) !== after) throw new Error('a block differs the second time')
    this.#parent = block
    return effects.outcomes.slice(1)
  }

  deploy(wanted: ContractDefinition, invoker = 'deployer'): readonly ValidationCode[] {
    return this.mine(this.deploying(wanted, invoker))
  }

  deploying(wanted: ContractDefinition, invoker = 'deployer'): Transaction {
    return this.call(deployment(this, wanted), invoker)
  }

  call(changes: Partial<InvocationPayload>, invoker = 'caller'): Transaction {
    this.#count += 1
    return callOf(chain, invoker, `call ${this.#count}`, changes)
  }
}

const context = { medianTimePast: START, endorsementPolicy: policy }

/** What the policy says of a call that is like this, in this state. */
export function judged(
  world: WorldView,
  changes: Partial<InvocationPayload>,
  invoker = 'caller',
): ValidationCode {
  return policy(callPayload(invoker, 'judged', changes), world)
}
