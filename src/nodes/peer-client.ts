import { Agent } from 'node:http'
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios'
import { compile } from '../api/validator.js'
import { BlockchainInfo } from '../api/schemas/info.js'
import { NodeRecord as NodeRecordSchema } from '../api/schemas/node.js'
import { parseJson } from '../base/json.js'
import { messageOf } from '../base/errors.js'
import type { NodeRecord } from './record.js'

/** Header by which a node says which chain it is on. */
export const CHAIN_HEADER = 'terrarium-chain'

/** unreachable: nobody answered, or not in time; misbehaved: the answer is one no honest node gives. */
export type PeerFault = 'unreachable' | 'misbehaved'

/** A call to another node failed. */
export class PeerError extends Error {
  override readonly name = 'PeerError'
  readonly fault: PeerFault

  constructor(fault: PeerFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/** What a node says of itself. */
export interface Greeting {
  readonly record: NodeRecord
  /** Absent in the answer of a node that does not know the header. */
  readonly chainId: string | undefined
}

/** Calls one node makes to another. Every call is bounded in time and size, and the answer is validated. */
export interface PeerClient {
  /** Asks a node who it is; `self` introduces the caller, if it wants to be known. */
  greet(baseUrl: string, self: NodeRecord | undefined): Promise<Greeting>
  /** Asks for known nodes. Entries that are no node records are left out. */
  nodes(baseUrl: string, self: NodeRecord | undefined): Promise<readonly NodeRecord[]>
  info(baseUrl: string): Promise<BlockchainInfo>
  close(): void
}

export interface PeerClientOptions {
  /** Whole call: connecting, waiting and reading. */
  readonly timeoutMs: number
  readonly maxReplyBytes: number
  readonly maxReplyNodes: number
  /** Chain of this node, told with every call. */
  readonly chainId: () => string
}

/** Below the keep-alive time of our server, so that a call never meets a connection that is just being closed. */
const IDLE_CONNECTION_MS = 10_000

const nodeFault = compile(NodeRecordSchema)
const infoFault = compile(BlockchainInfo)

export function peerClient(options: PeerClientOptions): PeerClient {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS, maxSockets: 4, maxTotalSockets: 64 })
  const http = axios.create({
    httpAgent: agent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    maxContentLength: options.maxReplyBytes,
    maxBodyLength: options.maxReplyBytes,
    responseType: 'text',
    transformResponse: (text: string) => text,
    headers: { 'Accept-Encoding': 'identity', Accept: 'application/json' },
    validateStatus: () => true,
  })
  const call = (method: string, url: string, body?: unknown) => request(http, options, { method, url, body })
  return {
    async greet(baseUrl, self) {
      const answer = await call('POST', `${baseUrl}/`, self ?? {})
      const record = jsonOf(answer)
      if (nodeFault(record)) throw new PeerError('misbehaved', 'its greeting is no node record')
      const chainId: unknown = answer.headers[CHAIN_HEADER]
      return { record: record as NodeRecord, chainId: typeof chainId === 'string' ? chainId : undefined }
    },
    async nodes(baseUrl, self) {
      const list = jsonOf(await call('GET', `${baseUrl}/nodes/`, self ?? {}))
      if (!Array.isArray(list)) throw new PeerError('misbehaved', 'its node list is no array')
      if (list.length > options.maxReplyNodes) throw new PeerError('misbehaved', `it lists ${list.length} nodes`)
      return list.filter((entry): entry is NodeRecord => nodeFault(entry) === undefined)
    },
    async info(baseUrl) {
      const info = jsonOf(await call('GET', `${baseUrl}/blockchain/`))
      const fault = infoFault(info)
      if (fault) throw new PeerError('misbehaved', `its blockchain info is invalid: ${fault.message}`)
      return info as BlockchainInfo
    },
    close: () => agent.destroy(),
  }
}

async function request(
  http: AxiosInstance,
  options: PeerClientOptions,
  { method, url, body }: { method: string; url: string; body?: unknown },
): Promise<AxiosResponse<string>> {
  try {
    return await http.request<string>({
      method,
      url,
      ...(body === undefined ? {} : { data: body }),
      // Bounds the whole call: the timeout option of axios does not end a body that drips.
      signal: AbortSignal.timeout(options.timeoutMs),
      headers: { [CHAIN_HEADER]: options.chainId(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    })
  } catch (error) {
    throw peerErrorOf(error, options)
  }
}

function peerErrorOf(error: unknown, { timeoutMs, maxReplyBytes }: PeerClientOptions): PeerError {
  if (!isAxiosError(error)) return new PeerError('unreachable', messageOf(error))
  if (error.message.startsWith('maxContentLength')) {
    return new PeerError('misbehaved', `its reply is larger than ${maxReplyBytes} bytes`)
  }
  if (error.code === 'ERR_CANCELED') return new PeerError('unreachable', `no whole answer within ${timeoutMs} ms`)
  if (error.code?.startsWith('HPE_')) return new PeerError('misbehaved', 'it does not speak HTTP')
  return new PeerError('unreachable', error.code ?? error.message)
}

function jsonOf(answer: AxiosResponse<string>): unknown {
  if (answer.status >= 500 || answer.status === 429) throw new PeerError('unreachable', `it answers ${answer.status}`)
  if (answer.status !== 200) throw new PeerError('misbehaved', `it answers ${answer.status}`)
  try {
    return parseJson(answer.data)
  } catch (error) {
    throw new PeerError('misbehaved', messageOf(error))
  }
}
