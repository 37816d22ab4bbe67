import { ApiError } from '../../../api/errors.js'
import type { ParamsOf, ResultOf } from '../../../api/method.js'
import { type NodeApi, nodeApi } from '../../../api/node-api.js'
import { compile, type Validator } from '../../../api/validator.js'
import { NoAnswerError, restClient } from '../../../rest/client.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { refusalText } from './refusal-text.js'

/** The node that a wallet asks. */
export interface Node {
  readonly url: string
  /** As {@link RestClient}'s, with an answer that is known to have the promised shape. */
  call<N extends keyof NodeApi>(name: N, params: ParamsOf<NodeApi[N]>): Promise<ResultOf<NodeApi[N]>>
}

/** Works with the node at `url`. @throws {Error} one line for people, saying what it refused, or what to do when none answers */
export async function withNode<T>(url: string, work: (node: Node) => Promise<T>): Promise<T> {
  const client = restClient(nodeApi, url, { timeoutMs: DEFAULTS.node.default_request_timeout * 1000 })
  const faults = new Map<string, Validator>()
  const node: Node = {
    url: client.baseUrl,
    async call(name, params) {
      const result = await client.call(name, params)
      const faultOf = faults.get(name) ?? compile(nodeApi[name].result)
      faults.set(name, faultOf)
      if (faultOf(result))
        throw new NoAnswerError(`${client.baseUrl} answers, but not as a node of this version`)
      return result
    },
  }
  try {
    return await work(node)
  } catch (error) {
    throw inPlainWords(error, node.url)
  } finally {
    client.close()
  }
}

function inPlainWords(error: unknown, url: string): unknown {
  if (error instanceof NoAnswerError) return new Error(`${error.message}: ${CURE}`, { cause: error })
  if (error instanceof ApiError)
    return new Error(`the node at ${url} refused: ${refusalText(error)}`, { cause: error })
  return error
}

const CURE = 'start a network with "npm start", or name a node that runs with --node'
