import type { Request } from 'express'
import { type AccessRules, checkScope } from '../access/access.js'
import { CHAIN_HEADER } from '../api/chain-header.js'
import type { Dispatch } from '../api/dispatch.js'
import type { AnyMethod, Caller, MethodTable } from '../api/method.js'
import { ItemStream } from '../api/item-stream.js'
import { routeOf } from '../api/openapi.js'
import { AssertError } from '../base/errors.js'
import { canonicalIp } from '../base/ip.js'
import { type ParamsReader, paramsReader } from './params.js'
import type { PathHandler, Paths } from './paths.js'
import { sendItems } from './send-items.js'
import { sendJson } from './send.js'

/** Adds one path for each method with an HTTP binding; translates envelopes and nothing else. */
export function addRoutes(paths: Paths, table: MethodTable, dispatch: Dispatch, access: AccessRules): void {
  for (const [name, method] of Object.entries(table)) {
    const route = routeOf(method)
    if (!route) continue
    const readParams = paramsReader(method.params, route.pathParams, !method.getWithBody)
    const handle = handler(name, method, readParams, dispatch, access)
    paths.add(route.verb, route.path, handle, method.refuses)
  }
}

function handler(
  name: string,
  method: AnyMethod,
  readParams: ParamsReader,
  dispatch: Dispatch,
  access: AccessRules,
): PathHandler {
  return (request, response, next, values) => {
    checkScope(request, method.scope, access)
    dispatch(name, readParams(request, values), callerOf(request))
      .then((result) => {
        if (result instanceof ItemStream) return sendItems(request, response, result)
        sendJson(response, 200, result)
        return undefined
      })
      // Whatever was thrown is an error, even nothing: next(undefined) would try the next handler.
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
