import type { Call, Caller, CallResponse, Simulated } from '../call.js'
import { ContractError, type ContractFault } from '../contract-error.js'
import { IdentityError } from '../identity/identity-error.js'
import { StateRequestError } from '../simulation/state-requests.js'
import { ChaincodeInput, ChaincodeMessage, ChaincodeMessageType, ChaincodeSpec } from '../wire/fabric.js'
import type { ContractStream } from './contract-stream.js'
import type { CallState, Deployed, Dialler, Processes } from './executor-ports.js'
import { requireInitialised } from './initialisation.js'
import type { ContractAnswer } from './open-call.js'

/** What one call needs. */
export interface CallParts<D extends Deployed> {
  definition(contract: string): D | undefined
  /** @throws {IdentityError} */
  requireMember(caller: Caller, deployed: D): void
  readonly state: CallState
  readonly processes: Processes
  readonly dialler?: Dialler
}

interface Input {
  readonly args: readonly Uint8Array[]
  readonly isInit: boolean
}

/** One call on its way through its contract and those that it calls. */
export class CallRun<D extends Deployed> {
  readonly #call: Call
  readonly #parts: CallParts<D>

  constructor(call: Call, parts: CallParts<D>) {
    this.#call = call
    this.#parts = parts
  }

  /** @throws {ContractError}, or what the signal was aborted with */
  async start(signal: AbortSignal): Promise<{ response: CallResponse; event: Simulated['event'] }> {
    const { contract, channelId } = this.#call
    try {
      const { response, payload, event } = await this.#run(contract, this.#call, signal)
      if (response) return { response, event }
      const text = Buffer.from(payload).toString()
      throw new ContractError('bad-call', `transaction returned with failure: ${text}`)
    } catch (error) {
      if (!(error instanceof ContractError) || !isMissing(error.fault)) throw error
      const advice = `make sure the chaincode ${contract} has been successfully defined on channel ${channelId} and try again`
      throw new ContractError(error.fault, `${advice}: ${error.message}`)
    }
  }

  async #run(contract: string, input: Input, signal: AbortSignal): Promise<ContractAnswer> {
    const deployed = this.#parts.definition(contract)
    if (!deployed) throw new ContractError('unknown-contract', `chaincode ${contract} not found`)
    this.#requireMember(deployed)
    const requests = this.#parts.state.of(contract)
    requireInitialised(deployed, input.isInit, requests)
    const stream = await this.#processOf(deployed, signal)
    const { channelId, callId, signedProposal } = this.#call
    return stream.run(
      {
        channelId,
        txid: callId,
        isInit: input.isInit,
        input: ChaincodeInput.encode({ args: input.args, isInit: input.isInit }),
        signedProposal,
        requests,
        invoke: (spec, invoking) => this.#invoke(spec, invoking),
      },
      signal,
    )
  }

  /**
   * Whoever a contract is told to be its caller is a member as that contract knows its organisations, also where another
   * one calls it; so its collections, too, are opened to members only.
   */
  #requireMember(deployed: D): void {
    const { caller, channelId } = this.#call
    try {
      this.#parts.requireMember(caller, deployed)
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error
      const text = `access denied: channel [${channelId}] chaincode [${deployed.name}] creator org [${caller.mspId}]: ${error.message}`
      throw new ContractError('access-denied', text)
    }
  }

  /** In dev mode a process is `name:version`, or just the name. */
  async #processOf({ name, id, version }: Deployed, signal: AbortSignal): Promise<ContractStream> {
    const { processes, dialler } = this.#parts
    const ids = [id, `${name}:${version}`, name]
    const stream = processes.find(ids) ?? (await dialler?.dial(ids, signal))
    signal.throwIfAborted()
    if (stream) return stream
    const reason = `chaincode definition for '${name}' exists, but chaincode is not installed`
    throw new ContractError('not-connected', `${reason}: no process is connected as ${id}`)
  }

  /** A contract calls another one: as part of the same call, on what that one's name stands for. */
  async #invoke(spec: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { chaincodeId, input } = ChaincodeSpec.decode(spec)
    const contract = this.#calledContract(chaincodeId?.name ?? '')
    try {
      return await this.#runInside(contract, { args: input?.args ?? [], isInit: false }, signal)
    } catch (error) {
      if (error instanceof StateRequestError) throw failed(`error sending: ${error.message}`)
      if (error instanceof ContractError)
        throw failed(`${this.#stage(error.fault, contract)}${error.message}`)
      throw error
    }
  }

  async #runInside(contract: string, input: Input, signal: AbortSignal): Promise<Uint8Array> {
    const { channelId, callId } = this.#call
    this.#parts.state.enter(contract)
    try {
      const { response, payload } = await this.#run(contract, input, signal)
      const type = response ? ChaincodeMessageType.COMPLETED : ChaincodeMessageType.ERROR
      return ChaincodeMessage.encode({ type, payload, txid: callId, channelId })
    } finally {
      this.#parts.state.leave()
    }
  }

  /** The name may have a version, which is ignored, and a channel: `name:version/channel`. */
  #calledContract(text: string): string {
    const [called = '', channel] = splitOnce(text, '/')
    if (channel !== undefined && channel !== '' && channel !== this.#call.channelId) {
      throw new StateRequestError(`failed to find ledger for channel: ${channel}`)
    }
    return splitOnce(called, ':')[0] ?? ''
  }

  /** How a Fabric peer begins its text, by the stage that failed. */
  #stage(fault: ContractFault, contract: string): string {
    if (fault === 'initialisation' || fault === 'access-denied') return 'invalid invocation: '
    if (!isMissing(fault)) return 'error sending: '
    const { channelId } = this.#call
    return `invalid invocation: [channel ${channelId}] failed to get chaincode container info for ${contract}: `
  }
}

function failed(reason: string): StateRequestError {
  return new StateRequestError(`execute failed: ${reason}`)
}

function isMissing(fault: ContractFault): boolean {
  return fault === 'unknown-contract' || fault === 'not-connected'
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
