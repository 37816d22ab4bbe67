import { createHash } from 'node:crypto'
import { callChain } from '../../../src/app/contracts/call-chain.js'
import type { OpenChain } from '../../../src/app/open-chain.js'
import type { Call, CallResponse, Executor, Simulated } from '../../../src/contract/call.js'
import type { CallChain } from '../../../src/contract/calls/call-chain.js'
import { ContractCalls, type ContractCallsOptions } from '../../../src/contract/calls/contract-calls.js'
import { deployTransaction, definitionFor } from '../../../src/contract/calls/deploy.js'
import { MemoryPrivateValues } from '../../../src/contract/simulation/memory-private-values.js'
import { Simulation } from '../../../src/contract/simulation/simulation.js'
import type { StateRequests } from '../../../src/contract/simulation/state-requests.js'
import { readDefinition } from '../../../src/ledger/contracts/definition.js'
import type { Block } from '../../../src/ledger/block.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { mine, openTestChain, TestClock } from '../../support/chain.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'

export const nodeKeys = new KeyPair(Buffer.alloc(32, 7))

/** What a function of the fake contract does; its text is the answer. An `event` is set by returning it. */
export type ContractFunction = (
  state: StateRequests,
  ...args: string[]
) =>
  | string
  | {
      readonly payload?: string
      readonly status?: number
      readonly message?: string
      readonly event?: string
    }

const METADATA = JSON.stringify({
  contracts: {
    Basic: {
      name: 'Basic',
      transactions: [{ name: 'get', parameters: [{ name: 'key', schema: { type: 'string' } }] }],
    },
  },
})

export const SECRET = 'a secret value'

const FUNCTIONS: Readonly<Record<string, ContractFunction>> = {
  put: (state, key = '', value = '') => {
    state.putState(key, Buffer.from(value), '')
    return { event: `put ${key}`, payload: value }
  },
  get: (state, key = '') => Buffer.from(state.getState(key, '')).toString(),
  add: (state, key = '') => {
    const sum = Number(Buffer.from(state.getState(key, '')).toString() || '0') + 1
    state.putState(key, Buffer.from(String(sum)), '')
    return String(sum)
  },
  count: (state, key = '') => {
    const { results } = state.getStateByRange('a', 'z', '', undefined)
    state.putState(key, Buffer.from(String(results.length)), '')
    return String(results.length)
  },
  'org.hyperledger.fabric:GetMetadata': () => METADATA,
  refuse: () => ({ status: 500, message: 'no' }),
  /** The value is none of the arguments: those are public. */
  secret: (state, key = '') => {
    state.putState(key, Buffer.from(SECRET), '_implicit_org_Org1MSP')
    return ''
  },
}

/** Runs functions against the real simulation, as a contract process would. */
export class FakeExecutor implements Executor {
  readonly #chain: OpenChain
  readonly privateValues: MemoryPrivateValues
  /** Names of the functions that ran. */
  readonly ran: string[] = []
  /** Awaited before the contract answers. */
  gate: Promise<void> = Promise.resolve()

  constructor(chain: OpenChain, privateValues: MemoryPrivateValues) {
    this.#chain = chain
    this.privateValues = privateValues
  }

  async execute(call: Call): Promise<Simulated> {
    const { gate } = this
    const snapshot = this.#chain.blockchain.index.snapshot()
    const definitions = { collections: () => undefined }
    const simulation = new Simulation({ call, snapshot, privateValues: this.privateValues, definitions })
    try {
      await gate
      const [name = '', ...args] = call.args.map((arg) => Buffer.from(arg).toString())
      this.ran.push(name)
      const found: ContractFunction =
        FUNCTIONS[name] ?? (() => ({ status: 500, message: `there is no ${name}` }))
      const answer = found(simulation.of(call.contract), ...args)
      const {
        payload = '',
        status = 200,
        message = '',
        event,
      } = typeof answer === 'string' ? { payload: answer } : answer
      const response: CallResponse = { status, message, payload: Buffer.from(payload) }
      return simulation.finish(
        response,
        event === undefined ? undefined : { name: event, payload: Buffer.from(payload) },
      )
    } finally {
      snapshot.close()
    }
  }
}

export interface CallNode {
  readonly open: OpenChain
  readonly chain: CallChain
  readonly clock: TestClock
  readonly executor: FakeExecutor
  readonly calls: ContractCalls
  readonly mine: () => Promise<Block>
  /** A call of `basic` with an id of its own. */
  readonly call: (name: string, ...args: string[]) => Call
  /** Runs and submits a call; gives its id. */
  readonly submit: (name: string, ...args: string[]) => Promise<string>
}

let callsMade = 0

export function makeCall(clock: TestClock, name: string, ...args: string[]): Call {
  callsMade += 1
  return {
    channelId: 'mychannel',
    callId: createHash('sha256').update(String(callsMade)).digest('hex'),
    contract: 'basic',
    args: [name, ...args].map((arg) => Buffer.from(arg)),
    isInit: false,
    transient: new Map(),
    caller: { mspId: 'Org1MSP', certificate: 'a certificate' },
    timestampMs: clock.nowMs,
    signedProposal: new Uint8Array(),
  }
}

/** A chain on disk on which `basic` is deployed, and calls of it. */
export async function callNode(options: Partial<ContractCallsOptions> = {}): Promise<CallNode> {
  const clock = new TestClock()
  const open = await openTestChain(await temporaryFolder(), clock)
  const privateValues = new MemoryPrivateValues()
  const executor = new FakeExecutor(open, privateValues)
  const chain = callChain(open.blockchain, open.pending)
  const calls = new ContractCalls({
    chain,
    executor,
    privateValues,
    keys: nodeKeys,
    maxRunning: 10,
    maxHeldBytes: 10_000,
    ...options,
  })
  afterThisTest(async () => {
    calls.close()
    await open.close()
  })
  const node: CallNode = {
    open,
    chain,
    clock,
    executor,
    calls,
    mine: () => mine(open, clock),
    call: (name, ...args) => makeCall(clock, name, ...args),
    async submit(name, ...args) {
      const call = makeCall(clock, name, ...args)
      const { transaction } = await calls.endorse(call)
      if (!transaction) throw new Error(`${name} was refused`)
      await calls.submit(transaction)
      return call.callId
    },
  }
  await node.mine()
  await deploy(node)
  return node
}

async function deploy({ open, chain, clock, calls, mine: mineNext }: CallNode): Promise<void> {
  const organisations = [{ mspId: 'Org1MSP', rootCertificate: 'a certificate' }]
  const surroundings = { chainId: chain.id, organisations, keys: nodeKeys, nowMs: clock.nowMs }
  const { index } = open.blockchain
  const definition = definitionFor({ name: 'basic' }, readDefinition(index, 'basic'), surroundings)
  await calls.submit(deployTransaction(index, definition, surroundings))
  await mineNext()
}
