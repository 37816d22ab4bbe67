import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '../../api/errors.js'
import type { Json } from '../../base/json.js'
import { parseJson } from '../../base/json.js'
import {
  type Connection,
  ConnectionFileError,
  readConnectionFile,
} from '../../contract/peer/connection-file.js'
import { ContractDialler } from '../../contract/peer/contract-dialler.js'
import type { Registrar } from '../../contract/peer/contract-stream.js'
import type { ContractPeerSettings } from '../../contract/peer/settings.js'
import { writeFileAtomic } from '../../store/atomic-write.js'
import { makeFolder } from '../../store/folder.js'
import { jsonText } from '../../store/json-file.js'
import type { ContractsOptions } from './contracts-options.js'

export interface ConnectionsOptions extends Pick<ContractsOptions, 'sleep' | 'random' | 'log'> {
  /** Where connections are kept. */
  readonly folder: string
  readonly registrar: Registrar
  readonly peerSettings: Partial<ContractPeerSettings>
}

/** Contracts that serve, and how to dial them; kept over restarts. */
export class Connections {
  readonly dialler: ContractDialler
  readonly #folder: string

  private constructor({ folder, registrar, sleep, random, peerSettings }: ConnectionsOptions) {
    this.#folder = folder
    this.dialler = new ContractDialler({ registrar, sleep, random, settings: peerSettings })
  }

  static async open(options: ConnectionsOptions): Promise<Connections> {
    const { folder, log } = options
    await makeFolder(folder)
    const connections = new Connections(options)
    for (const name of (await readdir(folder)).filter((each) => /^[^.].*\.json$/.test(each))) {
      const path = join(folder, name)
      try {
        const { id, connection } = await readKept(path)
        connections.dialler.add(id, connection)
      } catch (error) {
        log.warn({ err: error, file: path }, 'a connection to a contract cannot be read and is left out')
      }
    }
    return connections
  }

  /** @throws {ApiError} INVALID_PARAMS where it is no connection.json */
  async connect(
    id: string,
    json: object | null,
  ): Promise<{ readonly id: string; readonly address: string | null }> {
    const path = join(this.#folder, `${encodeURIComponent(id).slice(0, 200)}.json`)
    if (json === null) {
      this.dialler.remove(id)
      await rm(path, { force: true })
      return { id, address: null }
    }
    const connection = connectionIn(json)
    // It may hold the private key that the node shows itself with.
    await writeFileAtomic(path, jsonText({ id, connection: json }), { mode: 0o600 })
    this.dialler.add(id, connection)
    return { id, address: connection.address }
  }
}

function connectionIn(json: object): Connection {
  try {
    return readConnectionFile(JSON.stringify(json))
  } catch (error) {
    if (!(error instanceof ConnectionFileError)) throw error
    throw new ApiError('INVALID_PARAMS', `connection: ${error.message}`, { path: '/connection' })
  }
}

async function readKept(path: string): Promise<{ readonly id: string; readonly connection: Connection }> {
  const json: Json = parseJson(await readFile(path, 'utf8'))
  const { id, connection } = json as { readonly id?: unknown; readonly connection?: unknown }
  if (typeof id !== 'string' || typeof connection !== 'object' || connection === null)
    throw new Error('it has another shape')
  return { id, connection: connectionIn(connection) }
}
