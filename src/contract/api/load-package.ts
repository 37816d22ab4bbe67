import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ContractClass, ContractPackage } from './contract-router.js'
import type { Serializer } from './json-serializer.js'
import { JSONSerializer } from './json-serializer.js'
import { readMetadataFile } from './metadata-file.js'

type SerializerClass = new () => Serializer

/** What a package may export as its serializers. */
interface SerializerTable {
  /** The name of the one that arguments and results are translated with. */
  readonly transaction?: string
  /** Classes, or the names of modules that export one. */
  readonly serializers?: Readonly<Record<string, SerializerClass | string>>
}

interface Exports {
  readonly contracts?: readonly ContractClass[]
  readonly serializers?: SerializerTable
  /** As the description of Fabric's programming model calls it: a table as above, or the class itself. */
  readonly serializer?: SerializerTable | SerializerClass
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly main?: string
}

const DEFAULT_SERIALIZER = 'jsonSerializer'

/**
 * The contracts of the package in a folder, in CommonJS or as ECMAScript modules. What exports no `contracts` is one itself.
 * @throws {Error} where there is no package, or its metadata file or serializers are not in order
 */
export async function loadPackage(folder: string): Promise<ContractPackage> {
  const root = resolve(folder)
  const manifest = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8')) as Manifest
  if (!manifest.main) throw new Error("package.json does not contain a 'main' entry for the module")
  const main = createRequire(resolve(root, 'package.json')).resolve(resolve(root, manifest.main))
  const exports = contractExports(
    (await import(pathToFileURL(main).href)) as Readonly<Record<string, unknown>>,
  )
  return {
    contracts: exports.contracts ?? [exports as unknown as ContractClass],
    serializer: await serializerIn(exports, main),
    metadata: await readMetadataFile(root),
    title: manifest.name,
    version: manifest.version,
  }
}

/** A CommonJS module comes as the default export of what is imported, and as its names only where these could be guessed. */
function contractExports(module: Readonly<Record<string, unknown>>): Exports {
  const inner = module['default'] as Exports | undefined
  if (module['contracts'] !== undefined) return module
  return inner ?? module
}

async function serializerIn(exports: Exports, main: string): Promise<SerializerClass> {
  const given = exports.serializers ?? exports.serializer
  if (!given) return JSONSerializer
  if (typeof given === 'function') return given
  if (!given.transaction) {
    throw new Error(
      "There should be a 'transaction' property to define the serializer for use with transactions",
    )
  }
  if (given.transaction === DEFAULT_SERIALIZER) return JSONSerializer
  const chosen = given.serializers?.[given.transaction]
  if (chosen === undefined) throw new Error(`there is no serializer ${JSON.stringify(given.transaction)}`)
  return typeof chosen === 'string' ? importClass(chosen, main) : chosen
}

async function importClass(name: string, main: string): Promise<SerializerClass> {
  const path = createRequire(main).resolve(name)
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  if (typeof module.default !== 'function') throw new Error(`the module ${name} exports no serializer`)
  return module.default as SerializerClass
}
