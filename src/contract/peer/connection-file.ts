import { type Json, JsonError, parseJson } from '../../base/json.js'
import { goDurationMs } from './go-duration.js'

/** How to reach a contract that serves. */
export interface Connection {
  /** host:port */
  readonly address: string
  readonly dialTimeoutMs: number
  /** Undefined: plaintext. */
  readonly tls: ConnectionTls | undefined
}

/** All PEM. */
export interface ConnectionTls {
  /** Authority of the contract's certificate. */
  readonly rootCertificate: string
  /** What the node shows of itself, where the contract wants that. */
  readonly client: { readonly key: string; readonly certificate: string } | undefined
  /** Name that the contract's certificate is for, where it is not the host's. */
  readonly domain: string | undefined
}

/** A connection.json that is not in order. */
export class ConnectionFileError extends Error {
  override readonly name = 'ConnectionFileError'
}

const DEFAULT_DIAL_TIMEOUT_MS = 3000
const MAX_DIAL_TIMEOUT_MS = 600_000
const ADDRESS = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/

type Members = Readonly<Record<string, Json>>

/** Reads the text of a connection.json, as contract packages for Fabric have it. @throws {ConnectionFileError} */
export function readConnectionFile(text: string): Connection {
  const members = membersIn(text)
  const address = textIn(members, 'address')
  if (address === undefined) throw new ConnectionFileError('chaincode address not provided')
  if (!ADDRESS.test(address)) throw new ConnectionFileError(`address is not host:port: ${address}`)
  return { address, dialTimeoutMs: dialTimeoutIn(members), tls: tlsIn(members) }
}

function membersIn(text: string): Members {
  let json: Json
  try {
    json = parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) throw new ConnectionFileError(`no JSON: ${error.message}`)
    throw error
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Members
  throw new ConnectionFileError('no JSON object')
}

/** Go's text, or a number of nanoseconds. */
function dialTimeoutIn(members: Members): number {
  const json = members['dial_timeout']
  if (json === undefined || json === '') return DEFAULT_DIAL_TIMEOUT_MS
  const ms = typeof json === 'number' ? json / 1e6 : typeof json === 'string' ? goDurationMs(json) : undefined
  if (ms === undefined || !(ms > 0)) throw new ConnectionFileError('dial_timeout is no duration')
  return Math.min(Math.ceil(ms), MAX_DIAL_TIMEOUT_MS)
}

function tlsIn(members: Members): ConnectionTls | undefined {
  if (!flagIn(members, 'tls_required')) return undefined
  const rootCertificate = textIn(members, 'root_cert')
  if (rootCertificate === undefined) throw new ConnectionFileError('tls root cert not provided')
  return { rootCertificate, client: clientIn(members), domain: textIn(members, 'domain') }
}

function clientIn(members: Members): ConnectionTls['client'] {
  if (!flagIn(members, 'client_auth_required')) return undefined
  const key = textIn(members, 'client_key')
  const certificate = textIn(members, 'client_cert')
  if (key === undefined) throw new ConnectionFileError('tls key not provided')
  if (certificate === undefined) throw new ConnectionFileError('tls cert not provided')
  return { key, certificate }
}

/** Undefined where it is missing or empty. */
function textIn(members: Members, name: string): string | undefined {
  const json = members[name]
  if (json === undefined || json === '') return undefined
  if (typeof json === 'string') return json
  throw new ConnectionFileError(`${name} is no text`)
}

function flagIn(members: Members, name: string): boolean {
  const json = members[name] ?? false
  if (typeof json === 'boolean') return json
  throw new ConnectionFileError(`${name} is neither true nor false`)
}
