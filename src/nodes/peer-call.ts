import { Agent } from 'node:http'
import type { AxiosError, AxiosInstance, AxiosResponse } from 'axios'
import { CHAIN_HEADER } from '../api/chain-header.js'
import { messageOf } from '../base/errors.js'
import { type Json, parseJson } from '../base/json.js'

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

export interface PeerCallsOptions {
  /** Whole call: connecting, waiting and reading. */
  readonly timeoutMs: number
  readonly maxRequestBytes: number
  readonly maxReplyBytes: number
  /** Chain of this node, told with every call. */
  readonly chainId: () => string
}

export interface PeerRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: unknown
}

/** Below the keep-alive time of our server, so that a call never meets a connection that is just being closed. */
const IDLE_CONNECTION_MS = 10_000

const SOCKETS_PER_NODE = 4
const SOCKETS = 64

/** Statuses an honest node may answer: it does not dial our address, does not serve our Host, or has had enough of us. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 429])

/** Calls to other nodes, each bounded in time and size, without redirects, proxies and compression. */
export class PeerCalls {
  readonly #options: PeerCallsOptions
  readonly #agent = new Agent({
    keepAlive: true,
    timeout: IDLE_CONNECTION_MS,
    maxSockets: SOCKETS_PER_NODE,
    maxTotalSockets: SOCKETS,
  })
  #http: Promise<AxiosInstance> | undefined
  readonly #open = new Set<AbortController>()
  #isClosed = false

  constructor(options: PeerCallsOptions) {
    this.#options = options
  }

  /** @throws {PeerError} whatever goes wrong */
  async call(request: PeerRequest): Promise<Answer<Json>> {
    const http = await (this.#http ??= httpClient(this.#agent, this.#options))
    if (this.#isClosed) throw new PeerError('unreachable', 'this node is stopping')
    const cut = new AbortController()
    this.#open.add(cut)
    // Bounds the whole call: the timeout option of axios does not end a body that drips.
    const timer = setTimeout(() => cut.abort(), this.#options.timeoutMs)
    try {
      const answer = await this.#send(http, request, cut.signal)
      return { value: jsonOf(answer), chainId: chainIdOf(answer) }
    } finally {
      clearTimeout(timer)
      this.#open.delete(cut)
    }
  }

  /** Cuts the calls under way; later ones fail at once. */
  close(): void {
    this.#isClosed = true
    for (const cut of this.#open) cut.abort()
    this.#agent.destroy()
  }

  async #send(
    http: AxiosInstance,
    { method, url, body }: PeerRequest,
    signal: AbortSignal,
  ): Promise<AxiosResponse<string>> {
    try {
      return await http.request<string>({
        method,
        url,
        ...(body === undefined ? {} : { data: body }),
        signal,
        headers: {
          [CHAIN_HEADER]: this.#options.chainId(),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
      })
    } catch (error) {
      throw peerErrorOf(error, this.#options)
    }
  }
}

/** The library is loaded with the first call: a node answers before it calls, and starts in less time without it. */
async function httpClient(
  agent: Agent,
  { maxReplyBytes, maxRequestBytes }: PeerCallsOptions,
): Promise<AxiosInstance> {
  const { default: axios } = await import('axios')
  return axios.create({
    httpAgent: agent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    maxContentLength: maxReplyBytes,
    maxBodyLength: maxRequestBytes,
    responseType: 'text',
    transformResponse: (text: string) => text,
    headers: { 'Accept-Encoding': 'identity', Accept: 'application/json' },
    validateStatus: () => true,
  })
}

function chainIdOf({ headers }: AxiosResponse): string | undefined {
  const chainId: unknown = headers[CHAIN_HEADER]
  return typeof chainId === 'string' ? chainId : undefined
}

function peerErrorOf(error: unknown, { timeoutMs, maxReplyBytes }: PeerCallsOptions): PeerError {
  if (!isAxiosError(error)) return new PeerError('unreachable', messageOf(error))
  if (error.message.startsWith('maxContentLength')) {
    return new PeerError('misbehaved', `its reply is larger than ${maxReplyBytes} bytes`)
  }
  if (error.code === 'ERR_CANCELED') return new PeerError('unreachable', `no whole answer within ${timeoutMs} ms`)
  if (error.code?.startsWith('HPE_')) return new PeerError('misbehaved', 'it does not speak HTTP')
  return new PeerError('unreachable', error.code ?? error.message)
}

function isAxiosError(error: unknown): error is AxiosError {
  return error instanceof Error && 'isAxiosError' in error
}

function jsonOf(answer: AxiosResponse<string>): Json {
  if (answer.status >= 500 || REFUSALS.has(answer.status))
    throw new PeerError('unreachable', `it answers ${answer.status}`)
  if (answer.status !== 200) throw new PeerError('misbehaved', `it answers ${answer.status}`)
  try {
    return parseJson(answer.data)
  } catch (error) {
    throw new PeerError('misbehaved', messageOf(error))
  }
}
