import { Agent } from 'node:http'
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios'
import { ApiError, type ErrorBody, type ErrorCode, ERRORS } from '../api/errors.js'
import type { AnyMethod, MethodTable, ParamsOf, ResultOf } from '../api/method.js'
import { type Route, routeOf } from '../api/openapi.js'
import { assert, messageOf } from '../base/errors.js'
import { parseJson } from '../base/json.js'

/** No whole answer of a node came: nobody listens, it took too long, or somebody else answers there. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

export interface RestClientOptions {
  /** Whole call: connecting, waiting and reading. */
  readonly timeoutMs: number
  /** Sent with every call, for operations that change the node. */
  readonly adminToken?: string
}

/** Calls the operations of a method table over HTTP. */
export interface RestClient<T extends MethodTable> {
  readonly baseUrl: string
  /**
   * Calls one operation of the table. The node is trusted to answer in the shape its table promises.
   * @throws {ApiError} what the node refused, with its code, message and details
   * @throws {NoAnswerError} when no node answers at the address, or not in time
   */
  call<N extends keyof T & string>(name: N, params: ParamsOf<T[N]>): Promise<ResultOf<T[N]>>
  /** Closes idle connections and cuts calls under way. */
  close(): void
}

/** Keeps a stranger at the address from filling the memory; no answer of a node comes near. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024

/** Below the keep-alive time of our server, so that a call never meets a connection that is just being closed. */
const IDLE_CONNECTION_MS = 10_000

/** A typed client of the node at `baseUrl`, such as `http://127.0.0.1:55000`, for the operations of the table that have an HTTP binding. */
export function restClient<T extends MethodTable>(
  table: T,
  baseUrl: string,
  options: RestClientOptions,
): RestClient<T> {
  const base = baseUrl.replace(/\/+$/, '')
  const agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS })
  const http = httpClient(agent, options)
  return {
    baseUrl: base,
    async call(name, params) {
      const method: AnyMethod | undefined = table[name]
      const route = method && routeOf(method)
      assert(route, `${name} cannot be called over HTTP`)
      const plain = requestOf(route, params as object, method.getWithBody === true)
      const answer = await request(http, base, options.timeoutMs, plain)
      return resultOf(answer, base) as ResultOf<T[typeof name]>
    },
    close: () => agent.destroy(),
  }
}

function httpClient(agent: Agent, { adminToken }: RestClientOptions): AxiosInstance {
  return axios.create({
    httpAgent: agent,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: MAX_REPLY_BYTES,
    maxBodyLength: Infinity,
    responseType: 'text',
    transformResponse: (text: string) => text,
    headers: {
      Accept: 'application/json',
      ...(adminToken === undefined ? {} : { Authorization: `Bearer ${adminToken}` }),
    },
    validateStatus: () => true,
  })
}

interface PlainRequest {
  readonly method: string
  readonly path: string
  readonly body?: object
}

/** The inverse of what the server does: path parameters into the path, others into the query of GET or into the body. */
function requestOf({ verb, path, pathParams }: Route, params: object, getWithBody: boolean): PlainRequest {
  const values = new Map<string, unknown>(Object.entries(params))
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(values.get(key))),
  )
  const others = [...values].filter(([key, value]) => !pathParams.includes(key) && value !== undefined)
  if (others.length === 0) return { method: verb, path: filled }
  if (verb !== 'GET' || getWithBody) return { method: verb, path: filled, body: Object.fromEntries(others) }
  const query = new URLSearchParams(others.map(([key, value]): [string, string] => [key, String(value)]))
  return { method: verb, path: `${filled}?${query.toString()}` }
}

async function request(
  http: AxiosInstance,
  base: string,
  timeoutMs: number,
  { method, path, body }: PlainRequest,
): Promise<AxiosResponse<string>> {
  try {
    return await http.request<string>({
      method,
      url: base + path,
      ...(body === undefined ? {} : { data: body, headers: { 'Content-Type': 'application/json' } }),
      // Bounds the whole call: the timeout option of axios does not end a body that drips.
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (error) {
    throw new NoAnswerError(noAnswerText(error, base, timeoutMs), { cause: error })
  }
}

function noAnswerText(error: unknown, base: string, timeoutMs: number): string {
  const code = isAxiosError(error) ? error.code : undefined
  if (code === 'ERR_CANCELED') return `${base} gave no whole answer within ${timeoutMs} ms`
  if (code === 'ECONNREFUSED') return `nobody answers at ${base}`
  return `${base} does not answer: ${code ?? messageOf(error)}`
}

function resultOf(answer: AxiosResponse<string>, base: string): unknown {
  const json = jsonOf(answer, base)
  if (answer.status === 200) return json
  const error = (json as Partial<ErrorBody> | null)?.error
  if (error !== undefined && isErrorCode(error.code))
    throw new ApiError(error.code, error.message, error.details)
  throw new NoAnswerError(`${base} answers ${answer.status}, but not as a node does`)
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

function jsonOf(answer: AxiosResponse<string>, base: string): unknown {
  try {
    return parseJson(answer.data)
  } catch (error) {
    throw new NoAnswerError(`${base} answers ${answer.status}, but ${messageOf(error)}`, { cause: error })
  }
}
