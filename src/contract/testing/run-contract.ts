import type { Call, CallResponse, Simulated } from '../call.js'
import type { Chaincode } from '../shim/chaincode.js'
import type { ChaincodeResponse } from '../shim/handler.js'
import { readProposal } from '../shim/proposal.js'
import { ChaincodeStub } from '../shim/stub.js'
import type { ProposalFacts } from '../shim/transaction-input.js'
import type { Simulation } from '../simulation/simulation.js'
import { type StateRequests, StateRequestError } from '../simulation/state-requests.js'
import { SignedProposal } from '../wire/fabric.js'
import { SimulatedHandler } from './simulated-handler.js'

const NOTHING = new Uint8Array()

/** Contracts in this process by the names they are deployed under. */
export type FindContract = (name: string) => Chaincode | undefined

/** Stands in for the process of a contract, which learns its organisation from its environment. */
class TestStub extends ChaincodeStub {
  readonly #peerMspId: string

  constructor(peerMspId: string, ...rest: ConstructorParameters<typeof ChaincodeStub>) {
    super(...rest)
    this.#peerMspId = peerMspId
  }

  override getMspID(): string {
    return this.#peerMspId
  }
}

/** One call on its way through the contracts that take part in it. */
export class ContractRun {
  readonly #call: Call
  readonly #simulation: Simulation
  readonly #find: FindContract
  readonly #peerMspId: string
  readonly #proposal: ProposalFacts

  constructor(call: Call, simulation: Simulation, find: FindContract, peerMspId: string) {
    this.#call = call
    this.#simulation = simulation
    this.#find = find
    this.#peerMspId = peerMspId
    this.#proposal = readProposal(SignedProposal.decode(call.signedProposal))
  }

  /** Runs the contract that is called. @throws {Error} where there is none of that name */
  async start(): Promise<Simulated> {
    const { contract, args } = this.#call
    const { response, event } = await this.#invoke(contract, args, this.#simulation.of(contract))
    return this.#simulation.finish(response, event)
  }

  async #invoke(contract: string, args: readonly Uint8Array[], state: StateRequests) {
    const { callId, channelId } = this.#call
    const chaincode = this.#find(contract)
    if (!chaincode) throw new StateRequestError(unknownContract(contract, channelId))
    const handler = new SimulatedHandler(state, callId, (name, rest) => this.#callOther(name, rest))
    const input = { channelId, txId: callId, args, proposal: this.#proposal }
    const stub = new TestStub(this.#peerMspId, handler, input)
    const response = callResponse(await chaincode.Invoke(stub))
    await stub.finishWriteBatch()
    const event = stub.chaincodeEvent
    return { response, event: event && { name: event.eventName, payload: event.payload } }
  }

  /** `name` is `contract` or `contract/channel`, with a version after a colon that means nothing. */
  async #callOther(name: string, args: readonly Uint8Array[]): Promise<ChaincodeResponse> {
    const [versioned = '', channel = this.#call.channelId] = name.split('/')
    const [contract = ''] = versioned.split(':')
    if (channel !== this.#call.channelId) throw new StateRequestError(`channel ${channel} does not exist`)
    this.#simulation.enter(contract)
    try {
      const { response } = await this.#invoke(contract, args, this.#simulation.of(contract))
      return response
    } finally {
      this.#simulation.leave()
    }
  }
}

function callResponse({ status, message = '', payload = NOTHING }: ChaincodeResponse): CallResponse {
  return { status, message, payload }
}

function unknownContract(name: string, channelId: string): string {
  const advice = `make sure the chaincode ${name} has been successfully defined on channel ${channelId} and try again`
  return `${advice}: chaincode ${name} not found`
}
