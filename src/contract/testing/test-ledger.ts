import { type ContractClass, ContractRouter } from '../api/contract-router.js'
import { JSONSerializer, type Serializer } from '../api/json-serializer.js'
import type { MetadataFile } from '../api/metadata.js'
import type { MemberCollection } from '../simulation/collections.js'
import { Chain, type TestEvent } from './chain.js'
import { EVERYBODY } from './identities.js'
import { TestClient } from './test-client.js'
import { TestState } from './test-state.js'

/** A private collection of a contract. */
export interface TestCollection {
  readonly name: string
  /** Organisations, such as Org1MSP. */
  readonly members: readonly string[]
  /** Whether only callers of these organisations may read; false if left out, as in Fabric. */
  /** Blocks after which a value can no longer be read; left out: never. */
  readonly blockToLive?: number
  readonly memberOnlyRead?: boolean
  readonly memberOnlyWrite?: boolean
}

/** What is deployed under a name. */
export interface TestContract {
  readonly contracts: readonly ContractClass[]
  readonly collections?: readonly TestCollection[]
  readonly serializer?: new () => Serializer
  /** What would stand in contract-metadata/metadata.json. */
  readonly metadata?: MetadataFile
}

export interface TestLedgerOptions extends TestContract {
  /** The name the contracts are deployed under; `contract` if left out. */
  readonly name?: string
  readonly channel?: string
  /** The organisation whose node it is: what `stub.getMspID()` says. Org1MSP if left out. */
  readonly peerMspId?: string
  /** The time of each call; a second later than the one before, from 2026 on, if left out. */
  readonly now?: () => Date
}

const FIRST_CALL_MS = Date.UTC(2026, 0, 1)

/**
 * A ledger in memory for tests of contracts: calls run in this process, by the rules of the chain. Reads see what was
 * committed, calls that ran at the same time may conflict, private data has its members.
 *
 *     const ledger = new TestLedger({ contracts: [AssetContract] })
 *     await ledger.submit('createAsset', 'a1', 'blue')
 *     expect(ledger.state.getJson('a1')).toEqual({ colour: 'blue' })
 */
export class TestLedger extends TestClient {
  /** The committed state of the contract. */
  readonly state: TestState
  readonly #chain: Chain

  constructor({ name = 'contract', channel, peerMspId, now, ...contract }: TestLedgerOptions) {
    const chain = new Chain({
      channelId: channel ?? 'mychannel',
      peerMspId: peerMspId ?? EVERYBODY.mspId,
      now: now ?? everySecond(),
    })
    super(chain, { contract: name, identity: EVERYBODY, transient: new Map(), endorsers: undefined })
    this.#chain = chain
    this.state = this.stateOf(name)
    this.deploy(name, contract)
  }

  /** Puts another contract on the ledger, for contracts to call, or for `of`. */
  deploy(name: string, { contracts, collections = [], serializer, metadata }: TestContract): void {
    const router = new ContractRouter({
      contracts,
      serializer: serializer ?? JSONSerializer,
      metadata: metadata ?? {},
    })
    this.#chain.deploy(name, { chaincode: router, collections: collections.map(memberCollection) })
  }

  stateOf(contract: string): TestState {
    return new TestState(this.#chain.world, contract)
  }

  /** Events of all calls that took effect, the oldest first. */
  get events(): readonly TestEvent[] {
    return this.#chain.events
  }
}

function everySecond(): () => Date {
  let calls = 0
  return () => new Date(FIRST_CALL_MS + 1000 * calls++)
}

function memberCollection(collection: TestCollection): MemberCollection {
  const { name, members, memberOnlyRead = false, memberOnlyWrite = false, blockToLive = 0 } = collection
  const rules = members.map((mspId) => ({ mspId, role: 'MEMBER' as const }))
  return { name, memberPolicy: { nOf: 1, rules }, memberOnlyRead, memberOnlyWrite, blockToLive }
}
