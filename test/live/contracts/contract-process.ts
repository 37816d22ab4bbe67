import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Runner } from './runner.js'

export const PROBE = resolve('test/live/contracts/fixtures/probe')

/** A process that runs a contract. */
export class ContractProcess {
  readonly #child: ChildProcess
  #output = ''

  constructor(runner: Runner, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [...runner.program, ...args], {
      env: {
        ...process.env,
        CONTRACT_API: runner.api,
        CORE_CHAINCODE_LOGGING_LEVEL: 'ERROR',
        CORE_PEER_LOCALMSPID: 'Org1MSP',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const add = (bytes: Buffer): void => void (this.#output += bytes.toString())
    this.#child.stdout?.on('data', add)
    this.#child.stderr?.on('data', add)
  }

  /** A contract that dials the node. */
  static dialling(
    runner: Runner,
    id: string,
    address: string,
    env: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ): ContractProcess {
    const args = [
      'start',
      '--peer.address',
      address,
      '--chaincode-id-name',
      id,
      '--module-path',
      PROBE,
      ...flags,
    ]
    return new ContractProcess(runner, args, env)
  }

  /** A contract that the node dials. */
  static serving(
    runner: Runner,
    id: string,
    address: string,
    flags: readonly string[] = [],
  ): ContractProcess {
    const args = [
      'server',
      '--chaincode-address',
      address,
      '--chaincode-id',
      id,
      '--module-path',
      PROBE,
      ...flags,
    ]
    return new ContractProcess(runner, args)
  }

  /** What it printed so far. */
  get output(): string {
    return this.#output
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves with the exit code when it has ended. */
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended()
  }
}
