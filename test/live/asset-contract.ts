import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { afterThisTest } from '../support/cleanup.js'
import { freePort } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'
import { LiveNode } from './live-node.js'

export interface ContractNode {
  readonly node: LiveNode
  /** Of its gRPC door. */
  readonly port: number
}

/** A node for contracts that makes blocks as they are needed, unless `args` say otherwise. */
export async function contractNode(
  folder: string,
  args: readonly string[] = [],
  port?: number,
): Promise<ContractNode> {
  const chosen = port ?? (await freePort())
  const mine = args.includes('--mine') ? [] : ['--mine', 'auto', '--gather-time', '0.02']
  const node = await LiveNode.start(folder, ['--contract-port', String(chosen), ...mine, ...args])
  return { node, port: chosen }
}

export interface AssetProcess {
  /** As no contract can be told to end. */
  kill(): Promise<void>
}

/** The contract in ./asset as a process of Fabric's own shim, which dials the node; killed after the test. */
export function startAsset(port: number, id = 'asset:1.0'): AssetProcess {
  const cli = join(PACKAGE_ROOT, 'node_modules', 'fabric-shim', 'cli.js')
  const flags = ['--peer.address', `127.0.0.1:${port}`, '--chaincode-id-name', id]
  const child = spawn(
    process.execPath,
    [cli, 'start', ...flags, '--module-path', join(PACKAGE_ROOT, 'test/live/asset')],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        CORE_PEER_LOCALMSPID: 'Org1MSP',
        CORE_CHAINCODE_LOGGING_LEVEL: 'CRITICAL',
      },
      stdio: 'ignore',
    },
  )
  const ended = once(child, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  afterThisTest(kill)
  return { kill }
}

interface Listed {
  readonly contracts: readonly { readonly name: string; readonly connected: boolean }[]
}

/** Waits until calls of the contract can be answered. */
export async function untilConnected(node: LiveNode, name = 'asset'): Promise<void> {
  await waitFor(`${name} to be deployed and connected`, async () => {
    const { contracts } = (await node.get('/contracts/')) as Listed
    return contracts.some((each) => each.name === name && each.connected)
  })
}

export interface Answer {
  readonly status: number
  readonly body: {
    readonly call_id: string
    readonly status: string
    readonly code_name: string | null
    readonly response: { readonly payload: { readonly text?: string } }
    readonly error: {
      readonly code: string
      readonly message: string
      readonly details: Record<string, unknown>
    }
  }
}

/** Calls a function of the contract, whatever comes of it. */
export async function call(
  node: LiveNode,
  kind: 'invoke' | 'evaluate',
  name: string,
  args: readonly string[] = [],
  more: object = {},
): Promise<Answer> {
  const answer = await fetch(`${node.url}/contracts/asset/${kind}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ function: name, args, ...more }),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}

interface State {
  readonly entries: readonly { readonly key: string; readonly value: { readonly text?: string } }[]
}

/** The public state of the contract by key. */
export async function stateOf(node: LiveNode): Promise<Record<string, string | undefined>> {
  const { entries } = (await node.get('/contracts/asset/state/')) as State
  return Object.fromEntries(entries.map(({ key, value }) => [key, value.text]))
}
