import { type Request, type RequestHandler, type Response, Router } from 'express'
import { type AccessRules, checkScope } from '../access/access.js'
import type { Dispatch } from '../api/dispatch.js'
import { ApiError } from '../api/errors.js'
import type { AnyMethod, Caller, MethodTable } from '../api/method.js'
import { routeOf } from '../api/openapi.js'
import { canonicalIp } from '../base/ip.js'
import { sendError } from './errors.js'
import { paramsReader } from './params.js'
import { sendJson } from './send.js'

/** Header by which a calling node says which chain it is on. */
const CHAIN_HEADER = 'terrarium-chain'

/** One route for each method with an HTTP binding; translates envelopes and nothing else. */
export function routes(table: MethodTable, dispatch: Dispatch, access: AccessRules): Router {
  const router = Router({ caseSensitive: true })
  const verbsOfPath = new Map<string, string[]>()
  for (const [name, method] of Object.entries(table)) {
    const route = routeOf(method)
    if (!route) continue
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    verbsOfPath.set(path, [...(verbsOfPath.get(path) ?? []), route.verb])
    const verb = route.verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
    router[verb](path, handler(name, method, dispatch, access))
  }
  for (const [path, verbs] of verbsOfPath) router.all(path, otherVerbs(verbs))
  return router
}

function handler(name: string, method: AnyMethod, dispatch: Dispatch, access: AccessRules): RequestHandler {
  const readParams = paramsReader(method.params, routeOf(method)?.pathParams ?? [])
  return (request, response, next) => {
    checkScope(request, method.scope, access)
    dispatch(name, readParams(request), callerOf(request)).then(
      (result) => sendJson(response, 200, result),
      next,
    )
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

/** The path exists, the verb does not: says which do. */
export function otherVerbs(verbs: readonly string[]): RequestHandler {
  const allow = [...verbs, ...(verbs.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (request: Request, response: Response) => {
    response.setHeader('allow', allow)
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else sendError(response, new ApiError('METHOD_NOT_ALLOWED', `${request.path} takes ${allow}`))
  }
}
