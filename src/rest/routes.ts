import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Dispatch } from '../api/dispatch.js'
import { ApiError } from '../api/errors.js'
import type { AnyMethod, Caller, MethodTable } from '../api/method.js'
import { ItemStream } from '../api/item-stream.js'
import { type Route, routeOf } from '../api/openapi.js'
import { AssertError } from '../base/errors.js'
import { canonicalIp } from '../base/ip.js'
import { type AccessRules, checkScope } from './access.js'
import { sendError } from './errors.js'
import { paramsReader } from './params.js'
import { sendItems } from './send-items.js'
import { sendJson } from './send.js'

/** Header by which a calling node says which chain it is on. */
const CHAIN_HEADER = 'terrarium-chain'

interface Binding {
  readonly name: string
  readonly method: AnyMethod
  readonly route: Route
}

/** One route for each method with an HTTP binding; translates envelopes and nothing else. */
export function routes(table: MethodTable, dispatch: Dispatch, access: AccessRules): Router {
  const router = Router({ caseSensitive: true })
  const byPath = new Map<string, Binding[]>()
  for (const [name, method] of Object.entries(table)) {
    const route = routeOf(method)
    if (route) byPath.set(route.path, [...(byPath.get(route.path) ?? []), { name, method, route }])
  }
  for (const path of [...byPath.keys()].sort(byRank)) {
    const bindings = byPath.get(path) ?? []
    const expressPath = path.replaceAll(/\{(\w+)\}/g, ':$1')
    for (const binding of bindings) {
      const verb = binding.route.verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
      router[verb](expressPath, handler(binding, dispatch, access))
    }
    router.all(
      expressPath,
      otherVerbs(
        bindings.map(({ route }) => route.verb),
        refusedVerbs(bindings),
      ),
    )
  }
  return router
}

/** Words before parameters, so that /blocks/tips/ is not taken for the block called tips. */
function byRank(a: string, b: string): number {
  const rank = (path: string): string => path.replaceAll('{', '\uffff')
  return rank(a) < rank(b) ? -1 : 1
}

function refusedVerbs(bindings: readonly Binding[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...bindings.map(({ method }) => method.refuses ?? {})) as Record<string, string>
}

function handler({ name, method, route }: Binding, dispatch: Dispatch, access: AccessRules): RequestHandler {
  const readParams = paramsReader(method.params, route.pathParams, !method.getWithBody)
  return (request, response, next) => {
    checkScope(request, method.scope, access)
    dispatch(name, readParams(request), callerOf(request))
      .then((result) => {
        if (result instanceof ItemStream) return sendItems(request, response, result)
        sendJson(response, 200, result)
      })
      // Whatever was thrown is an error, even nothing: next(undefined) would try the next route.
      .catch((error: unknown) => next(error ?? new AssertError(`${name} threw ${String(error)}`)))
  }
}

function callerOf(request: Request): Caller {
  const ipAddress = canonicalIp(request.socket.remoteAddress ?? '')
  const chainId = request.headers[CHAIN_HEADER]
  return {
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(typeof chainId === 'string' ? { chainId } : {}),
  }
}

/** The path exists, the verb does not: says which do, and why where the verb is refused for good. */
export function otherVerbs(
  verbs: readonly string[],
  refused: Readonly<Record<string, string>> = {},
): RequestHandler {
  const allow = [...verbs, ...(verbs.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (request: Request, response: Response) => {
    response.setHeader('allow', allow)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const reason = Object.hasOwn(refused, request.method) ? `: ${refused[request.method]}` : ''
    sendError(response, new ApiError('METHOD_NOT_ALLOWED', `${request.path} takes ${allow}${reason}`))
  }
}
