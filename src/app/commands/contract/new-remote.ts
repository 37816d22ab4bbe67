import { cp, readdir, rename } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { hasCode } from '../../../store/error-code.js'
import { makeFolder } from '../../../store/folder.js'
import { PACKAGE_ROOT } from '../../package-info.js'
import { SettingsError } from '../../settings/errors.js'
import { type ContractNode, type Given, isSet, print, withNode } from './node-client.js'
import { addressText, wayTo, writeConfig } from './remote-config.js'
import { faultOfDoor } from './try-door.js'

/** Languages of the templates of remote contracts; their folders are called so. */
export const LANGUAGES = ['typescript', 'python', 'go', 'bash'] as const
type Language = (typeof LANGUAGES)[number]

/** What a node takes as a name of a remote contract. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{1,19}$/

/** What tools leave behind in a template. */
const LEFT_BEHIND: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'venv',
  '__pycache__',
  '.pytest_cache',
])

const NEXT: Readonly<Record<Language, readonly string[]>> = {
  typescript: ['npm install && npm run build', 'npm start -- --config config.yaml'],
  python: ['make setup proto', 'make run'],
  go: ['make run'],
  bash: ['make setup proto', 'make run'],
}

const CODE: Readonly<Record<Language, string>> = {
  typescript: 'src/process.ts',
  python: 'process.py',
  go: 'process.go',
  bash: 'process.sh',
}

export interface NewRemote {
  readonly name: string
  readonly language: Language
  readonly folder: string
}

/** Makes the folder of a remote contract and, unless --no-register, a contract of the node for it. @throws {SettingsError} */
export async function newRemote(wanted: NewRemote, given: Given): Promise<void> {
  const { name, language, folder } = wanted
  if (!NAME.test(name))
    throw new SettingsError(
      `a remote contract has a name of 2 to 20 letters, digits and -, not ${JSON.stringify(name)}`,
    )
  const path = resolve(folder)
  await requireEmpty(path)
  if (isSet(given, 'no-register')) await copyRemote(path, language)
  else await withNode(given, (node) => makeRegistered(node, path, wanted))
  tellNext(wanted, isSet(given, 'no-register'))
}

/** The folder is not there, or nothing is in it. @throws {Error} one line for people */
export async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  if (found.length > 0) throw new Error(`${folder} is not empty; name another folder with --out`)
}

/** Nothing is written where the node does not answer, or takes no such contract. */
async function makeRegistered(
  node: ContractNode,
  path: string,
  { name, language }: NewRemote,
): Promise<void> {
  const way = wayTo(node.url, await node.call('remote.list', { limit: 1 }))
  const { contract, key, chain_id } = await node.call('remote.register', { txn_type: name })
  try {
    await copyRemote(path, language)
    await writeConfig(path, way, {
      chain_id,
      smart_contract_id: contract.contract_id,
      api_key: key.api_key,
    })
  } catch (error) {
    // The key was in no other place: nobody could use the contract.
    await node.call('remote.delete', { contract: contract.contract_id })
    throw error
  }
  const fault = await faultOfDoor(way)
  if (fault !== undefined)
    process.stderr.write(`from here config.yaml does not reach ${addressText(way)}: ${fault}\n`)
}

async function copyRemote(path: string, language: Language): Promise<void> {
  const template = join(PACKAGE_ROOT, 'templates', language)
  await makeFolder(path)
  await cp(template, path, {
    recursive: true,
    dereference: true,
    filter: (source) => source === template || !LEFT_BEHIND.has(basename(source)),
  })
  // Packages cannot hold a file of that name.
  await rename(join(path, 'gitignore'), join(path, '.gitignore'))
}

function tellNext({ name, language, folder }: NewRemote, isUnregistered: boolean): void {
  print(`made ${folder}: the contract is ${CODE[language]}`)
  if (isUnregistered)
    print('config.yaml has to be filled in: register the contract with a node (docs/remote-contracts.md)')
  else print(`registered ${name}: records of type ${name} invoke it; config.yaml holds its key`)
  print(`next:  cd ${folder}`)
  for (const line of NEXT[language]) print(`       ${line}`)
  if (!isUnregistered) print('       terrarium remote status')
}
