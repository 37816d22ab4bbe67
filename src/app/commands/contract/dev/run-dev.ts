import picocolors from 'picocolors'
import { ApiError } from '../../../../api/errors.js'
import { messageOf } from '../../../../base/errors.js'
import { SettingsError } from '../../../settings/errors.js'
import { integerIn } from '../../../settings/setting.js'
import { collectionsIn } from '../deploy.js'
import { doorText } from '../list.js'
import {
  type ContractNode,
  DEFAULT_NODE,
  flagOf,
  type Given,
  isSet,
  nodeAddress,
  print,
  textOf,
  withNode,
} from '../node-client.js'
import { viewCalls } from './call-view.js'
import type { Child } from './child.js'
import { type ContractFolder, contractFolder } from './contract-folder.js'
import { ContractRunner } from './contract-runner.js'
import { answers, startNode } from './dev-node.js'
import { nodeLine } from './node-line.js'
import { FolderWatch } from './watch-folder.js'

/** What builds write, by custom. */
const OUTPUTS = ['dist', 'build', 'lib']

/** Runs a contract, and a node if none runs, until Ctrl-C or until the node is gone. */
export async function runDev(folder: string, given: Given): Promise<void> {
  const contract = await contractFolder(folder, given)
  const url = placeOf(given)
  const stopped = new AbortController()
  const stop = (): void => stopped.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  const node = await nodeAt(url, given)
  try {
    await withNode({ ...given, node: url }, (asked) => work(asked, contract, given, stopped, node))
  } finally {
    await node?.stop()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop)
  }
}

/** The node that was named, or the one on this machine. @throws {SettingsError} */
function placeOf(given: Given): string {
  const [named, port] = [flagOf(given, 'node', nodeAddress), flagOf(given, 'port', integerIn(1, 65_535))]
  if (named !== undefined && port !== undefined)
    throw new SettingsError('--port is that of a node to start; --node names one that runs')
  if (port === undefined) return named ?? DEFAULT_NODE
  const url = new URL(DEFAULT_NODE)
  url.port = String(port)
  return url.origin
}

/** Undefined where one runs already. */
async function nodeAt(url: string, given: Given): Promise<Child | undefined> {
  if (await answers(url)) return undefined
  if (textOf(given, 'node') !== undefined)
    throw new Error(`nobody answers at ${url}; without --node a node is started`)
  tell(`no node runs at ${url}: starting one`)
  return startNode(url, textOf(given, 'dir'), (line) => {
    const said = nodeLine(line)
    if (said !== undefined) print(`${picocolors.blue('node')}      ${said}`)
  })
}

async function work(
  node: ContractNode,
  contract: ContractFolder,
  given: Given,
  stopped: AbortController,
  ownNode: Child | undefined,
): Promise<void> {
  const { door } = await node.call('contracts.list', { limit: 1 })
  if (!door) throw new Error(`the node at ${node.url} has ${doorText(door)}`)
  tell(`node ${node.url}: ${doorText(door)}`)
  await deployIfNew(node, contract)
  const host = door.ip_address.includes(':') ? `[${door.ip_address}]` : door.ip_address
  const runner = new ContractRunner({
    contract,
    peerAddress: `${host}:${door.port}`,
    mspId: textOf(given, 'msp') ?? 'Org1MSP',
    onLine: (line) => print(`${picocolors.yellow('contract')}  ${line}`),
    tell,
  })
  const watch = isSet(given, 'no-watch') ? undefined : await watched(contract, runner)
  let loss: string | undefined
  void ownNode?.ended.then((ending) => {
    if (!stopped.signal.aborted) loss = `the node is gone: ${ending}`
    stopped.abort()
  })
  const running = runner.run()
  const viewing = viewCalls({
    ...node,
    contract: contract.name,
    colors: picocolors,
    print,
    signal: stopped.signal,
  })
  tell(`${contract.name} runs from ${contract.folder}; Ctrl-C ends it`)
  const where = node.url === DEFAULT_NODE ? '' : ` --node ${node.url}`
  tell(`call it:  terrarium contract invoke ${contract.name} FUNCTION ARGUMENTS${where}`)
  await aborted(stopped.signal)
  watch?.close()
  await runner.stop()
  await Promise.all([running, viewing])
  if (loss !== undefined) throw new Error(loss)
}

async function watched(contract: ContractFolder, runner: ContractRunner): Promise<FolderWatch> {
  const watch = new FolderWatch({
    folder: contract.folder,
    ignored: contract.hasBuild ? OUTPUTS : [],
    onChange: (file) => {
      tell(`${file} changed: starting the contract again`)
      runner.restart().catch((error: unknown) => tell(`it did not end: ${messageOf(error)}`))
    },
    onError: (error) => tell(`changes are not seen any more: ${messageOf(error)}`),
  })
  await watch.open()
  return watch
}

/** Nodes outside profile dev deploy nothing by themselves, and none knows of private collections. */
async function deployIfNew(
  node: ContractNode,
  { name, id, version, collections }: ContractFolder,
): Promise<void> {
  try {
    await node.call('contracts.get', { contract: name })
    return
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'CONTRACT_NOT_FOUND') throw error
  }
  const configured = collections === undefined ? {} : { collections: await collectionsIn(collections) }
  await node.call('contracts.deploy', {
    name,
    id,
    version: version.slice(0, 64),
    ...configured,
    wait: 'pending',
  })
  tell(`deployed ${name} as ${id}`)
}

function tell(text: string): void {
  print(`${picocolors.bold('dev')}       ${text}`)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
