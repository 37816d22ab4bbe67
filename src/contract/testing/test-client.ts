import type { CallResponse } from '../call.js'
import type { Chain, Request } from './chain.js'
import { ContractFailure } from './errors.js'
import { EVERYBODY, type TestIdentity } from './identities.js'

/** An argument as clients give it: text and bytes as they are, all else as JSON. */
export type Argument = string | number | boolean | null | object

/** A call that ran, on the state as it was then, and has not been committed. */
export interface PreparedCall {
  readonly callId: string
  /** What the contract answered. */
  readonly result: string
  /** Puts it in a block of its own. @throws {CommitFailure} where the state it has read is not what it was */
  readonly commit: () => void
}

/** Somebody who calls a contract. */
export class TestClient {
  readonly #chain: Chain
  readonly #request: Omit<Request, 'args'>

  constructor(chain: Chain, request: Omit<Request, 'args'>) {
    this.#chain = chain
    this.#request = request
  }

  /** The same, called by somebody else. What is left out is as usual: user1 of Org1MSP without attributes. */
  as(identity: TestIdentity): TestClient {
    return this.#with({ identity: { ...EVERYBODY, ...identity } })
  }

  /** The same, with data for the contract alone: nothing of them comes on the chain. */
  withTransient(transient: Readonly<Record<string, Argument>>): TestClient {
    const entries = Object.entries(transient).map(([name, value]) => [name, bytesOf(value)] as const)
    return this.#with({ transient: new Map(entries) })
  }

  /**
   * The same, endorsed by nodes of these organisations alone: it takes no effect where a key it writes has a policy that
   * asks for others. Without this, calls are endorsed by whoever is needed.
   */
  endorsedBy(...mspIds: readonly string[]): TestClient {
    return this.#with({ endorsers: new Set(mspIds) })
  }

  /** The same, of another contract of the ledger. */
  of(contract: string): TestClient {
    return this.#with({ contract })
  }

  /**
   * Runs a function of the contract and commits what it did; what it answered, as text.
   * @throws {ContractFailure} @throws {CommitFailure}
   */
  async submit(name: string, ...args: readonly Argument[]): Promise<string> {
    const prepared = await this.prepare(name, ...args)
    prepared.commit()
    return prepared.result
  }

  /** Runs a function of the contract and forgets what it wrote. @throws {ContractFailure} */
  async evaluate(name: string, ...args: readonly Argument[]): Promise<string> {
    const { simulated } = await this.#run(name, args)
    return textOf(simulated.response)
  }

  /** Runs a function of the contract, to be committed later, after other calls. @throws {ContractFailure} */
  async prepare(name: string, ...args: readonly Argument[]): Promise<PreparedCall> {
    const done = await this.#run(name, args)
    const commit = () => this.#chain.commit(done)
    return { callId: done.call.callId, result: textOf(done.simulated.response), commit }
  }

  async #run(name: string, args: readonly Argument[]) {
    const done = await this.#chain.run({ ...this.#request, args: [name, ...args].map(bytesOf) })
    const { status, message } = done.simulated.response
    if (status >= 400) throw new ContractFailure(status, message)
    return done
  }

  #with(changes: Partial<Request>): TestClient {
    return new TestClient(this.#chain, { ...this.#request, ...changes })
  }
}

function textOf({ payload }: CallResponse): string {
  return Buffer.from(payload).toString('utf8')
}

function bytesOf(argument: Argument): Uint8Array {
  if (argument instanceof Uint8Array) return argument
  return Buffer.from(typeof argument === 'string' ? argument : JSON.stringify(argument), 'utf8')
}
