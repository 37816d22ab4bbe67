import { afterThisTest } from '../../../support/cleanup.js'
import type { ContractProcess } from './contract-process.js'

/** A client that is started again whenever it has ended, as a service manager does it. */
export class SupervisedClient {
  readonly #start: () => Promise<ContractProcess>
  #client: ContractProcess
  #isOver = false
  #ends = 0
  #output = ''

  private constructor(start: () => Promise<ContractProcess>, client: ContractProcess) {
    this.#start = start
    this.#client = client
    const guarding = this.#guard()
    afterThisTest(async () => {
      this.#isOver = true
      await this.#client.kill('SIGKILL')
      await guarding
    })
  }

  static async start(start: () => Promise<ContractProcess>): Promise<SupervisedClient> {
    return new SupervisedClient(start, await start())
  }

  get pid(): number {
    return this.#client.pid
  }

  /** How often it has ended. */
  get ends(): number {
    return this.#ends
  }

  /** What all its processes printed. */
  get output(): string {
    return this.#output + this.#client.output
  }

  /** For good. @returns the exit code */
  async stop(): Promise<number | null> {
    this.#isOver = true
    return this.#client.kill('SIGTERM')
  }

  async #guard(): Promise<void> {
    for (;;) {
      await this.#client.ended()
      if (this.#isOver) return
      this.#ends += 1
      this.#output += this.#client.output
      this.#client = await this.#start()
      await this.#endIfOver()
    }
  }

  async #endIfOver(): Promise<void> {
    if (this.#isOver) await this.#client.kill('SIGKILL')
  }
}
