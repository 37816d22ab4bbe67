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

/** What a node answers, and of which chain it says it is. */
export interface Answer<T> {
  readonly value: T
  /** Absent in the answer of a node that does not know the header. */
  readonly chainId: string | undefined
}

/** Calls one node makes to another. Every call is bounded in time and size, and the answer is validated. */
export interface PeerClient {
  /** Asks a node who it is; `self` introduces the caller, if it wants to be known. */
  greet(baseUrl: string, self: NodeRecord | undefined): Promise<Answer<NodeRecord>>
  /** Asks for known nodes. Entries that are no node records are left out. */
  nodes(baseUrl: string, self: NodeRecord | undefined): Promise<Answer<readonly NodeRecord[]>>
  info(baseUrl: string): Promise<BlockchainInfo>
  /** Cuts the calls under way; later ones fail at once. */
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
  const calls = new OpenCalls(options.timeoutMs)
  const call = (method: string, url: string, body?: unknown) =>
    calls.run((signal) => request(http, options, signal, { method, url, body }))
  return {
    async greet(baseUrl, self) {
      const answer = await call('POST', `${baseUrl}/`, self ?? {})
      const record = jsonOf(answer)
      if (nodeFault(record)) throw new PeerError('misbehaved', 'its greeting is no node record')
      return { value: record as NodeRecord, chainId: chainIdOf(answer) }
    },
    async nodes(baseUrl, self) {
      const answer = await call('GET', `${baseUrl}/nodes/`, self ?? {})
      const list = jsonOf(answer)
      if (!Array.isArray(list)) throw new PeerError('misbehaved', 'its node list is no array')
      if (list.length > options.maxReplyNodes)
        throw new PeerError('misbehaved', `it lists ${list.length} nodes`)
      const records = list.filter((entry): entry is NodeRecord => nodeFault(entry) === undefined)
      return { value: records, chainId: chainIdOf(answer) }
    },
    async info(baseUrl) {
      const info = jsonOf(await call('GET', `${baseUrl}/blockchain/`))
      const fault = infoFault(info)
      if (fault) throw new PeerError('misbehaved', `its blockchain info is invalid: ${fault.message}`)
      return info as BlockchainInfo
    },
    close() {
      calls.close()
      agent.destroy()
    },
  }
}

/** Bounds every call in time, and cuts those under way when the node stops. */
class OpenCalls {
  readonly #timeoutMs: number
  readonly #open = new Set<AbortController>()
  #isClosed = false

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  async run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new PeerError('unreachable', 'this node is stopping')
    const cut = new AbortController()
    this.#open.add(cut)
    const timer = setTimeout(() => cut.abort(), this.#timeoutMs)
    try {
      return await call(cut.signal)
    } finally {
      clearTimeout(timer)
      this.#open.delete(cut)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const cut of this.#open) cut.abort()
  }
}

async function request(
  http: AxiosInstance,
  options: PeerClientOptions,
  signal: AbortSignal,
  { method, url, body }: { method: string; url: string; body?: unknown },
): Promise<AxiosResponse<string>> {
  try {
    return await http.request<string>({
      method,
      url,
      ...(body === undefined ? {} : { data: body }),
      // Bounds the whole call: the timeout option of axios does not end a body that drips.
      signal,
      headers: {
        [CHAIN_HEADER]: options.chainId(),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
    })
  } catch (error) {
    throw peerErrorOf(error, options)
  }
}

function chainIdOf({ headers }: AxiosResponse): string | undefined {
  const chainId: unknown = headers[CHAIN_HEADER]
  return typeof chainId === 'string' ? chainId : undefined
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

/** Statuses an honest node may answer: it does not dial our address, does not serve our Host, or has had enough of us. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 429])

function jsonOf(answer: AxiosResponse<string>): unknown {
  if (answer.status >= 500 || REFUSALS.has(answer.status))
    throw new PeerError('unreachable', `it answers ${answer.status}`)
  if (answer.status !== 200) throw new PeerError('misbehaved', `it answers ${answer.status}`)
  try {
    return parseJson(answer.data)
  } catch (error) {
    throw new PeerError('misbehaved', messageOf(error))
  }
}
