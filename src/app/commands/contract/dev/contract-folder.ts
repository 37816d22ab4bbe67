import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf } from '../../../../base/errors.js'
import { isContractName } from '../../../../ledger/contracts/namespaces.js'
import { SettingsError } from '../../../settings/errors.js'
import { type Given, textOf } from '../node-client.js'

/** A contract on disk and what is done to run it. */
export interface ContractFolder {
  readonly folder: string
  readonly name: string
  /** What its process registers as. */
  readonly id: string
  readonly version: string
  /** Whether it has to be built before it runs. */
  readonly hasBuild: boolean
  /** JSON file of its private collections. */
  readonly collections: string | undefined
}

interface PackageJson {
  readonly name?: unknown
  readonly version?: unknown
  readonly scripts?: Readonly<Record<string, unknown>>
}

const COLLECTIONS_FILE = 'collections_config.json'

/** @throws {Error} one line for people: it is no folder of a contract */
export async function contractFolder(folder: string, given: Given): Promise<ContractFolder> {
  const { name: packageName, version = '1.0', scripts = {} } = await packageIn(folder)
  if (typeof scripts['start'] !== 'string')
    throw new Error(
      `${join(folder, 'package.json')} has no script "start", which runs a contract; "terrarium contract new NAME" makes a folder that has`,
    )
  const name = textOf(given, 'name') ?? nameFrom(packageName, folder)
  if (!isContractName(name))
    throw new SettingsError(
      `no contract can be called ${JSON.stringify(name)}; give it another name with --name`,
    )
  const collections = textOf(given, 'collections') ?? join(folder, COLLECTIONS_FILE)
  const isThere = textOf(given, 'collections') !== undefined || (await exists(collections))
  return {
    folder,
    name,
    id: `${name}:${String(version)}`,
    version: String(version),
    hasBuild: typeof scripts['build'] === 'string',
    collections: isThere ? collections : undefined,
  }
}

async function packageIn(folder: string): Promise<PackageJson> {
  const path = join(folder, 'package.json')
  try {
    return JSON.parse(await readFile(path, 'utf8')) as PackageJson
  } catch (error) {
    throw new Error(`${folder} is no folder of a contract: ${messageOf(error)}`, { cause: error })
  }
}

/** Without the scope, and without what no contract's name may hold. */
function nameFrom(packageName: unknown, folder: string): string {
  const name = typeof packageName === 'string' ? packageName : basename(folder)
  return (name.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 64)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
