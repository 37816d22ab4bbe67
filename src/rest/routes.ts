import type { Request } from 'express'
import type { Dispatch } from '../api/dispatch.js'
import type { AnyMethod, Caller, MethodTable } from '../api/method.js'
import { routeOf } from '../api/openapi.js'
import { canonicalIp } from '../base/ip.js'
import { type AccessRules, checkScope } from './access.js'
import { paramsReader } from './params.js'
import type { PathHandler, Paths } from './paths.js'
import { sendJson } from './send.js'

/** Header by which a calling node says which chain it is on. */
const CHAIN_HEADER = 'terrarium-chain'

/** Adds one path for each method with an HTTP binding; translates envelopes and nothing else. */
export function addRoutes(paths: Paths, table: MethodTable, dispatch: Dispatch, access: AccessRules): void {
  for (const [name, method] of Object.entries(table)) {
    const route = routeOf(method)
    if (route) paths.add(route.verb, route.path, handler(name, method, route.pathParams, dispatch, access))
  }
}

function handler(
  name: string,
  method: AnyMethod,
  pathParams: readonly string[],
  dispatch: Dispatch,
  access: AccessRules,
): PathHandler {
  const readParams = paramsReader(method.params, pathParams)
  return (request, response, next, values) => {
    checkScope(request, method.scope, access)
    dispatch(name, readParams(request, values), callerOf(request)).then(
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
