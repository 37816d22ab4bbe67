import express, { type Express, type Request } from 'express'
import { rateLimit } from 'express-rate-limit'
import { type AccessRules, checkOrigin } from '../access/access.js'
import { CHAIN_HEADER } from '../api/chain-header.js'
import type { Dispatch } from '../api/dispatch.js'
import { ApiError } from '../api/errors.js'
import type { MethodTable } from '../api/method.js'
import { openApi } from '../api/openapi.js'
import { jsonBody } from './body.js'
import { errorHandler, sendError } from './errors.js'
import { docsPage } from './pages/docs-page.js'
import { namePath, type OnAnswer, observe } from './observe.js'
import { Paths } from './paths.js'
import { addRoutes } from './routes.js'
import { send, sendHtml, sendJson } from './send.js'

export interface RestOptions {
  readonly table: MethodTable
  readonly dispatch: Dispatch
  readonly access: AccessRules
  readonly version: string
  /** Largest body, in bytes. */
  readonly maxBodyBytes: number
  /** Requests one address may make in a second; 0: no limit. */
  readonly requestsPerSecond: number
  /** Told with every answer. */
  readonly chainId: () => string
  /** The page a browser sees at the root. */
  readonly homePage: () => string
  /** Metrics in the Prometheus text format. */
  readonly metrics: () => Promise<{ contentType: string; text: string }>
  readonly onAnswer: OnAnswer
  readonly onInternalError: (error: unknown) => void
}

/** The REST door: an Express app that serves the method table, its documents and a page about the node. */
export function restApp(options: RestOptions): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing')
  app.use((request, response, next) => {
    observe(request, response, options.onAnswer)
    response.setHeader(CHAIN_HEADER, options.chainId())
    checkOrigin(request, options.access)
    next()
  })
  if (options.requestsPerSecond > 0) app.use(limiter(options.requestsPerSecond))
  app.use(jsonBody(options.maxBodyBytes))
  app.get('/', (request, response, next) => {
    response.setHeader('vary', 'accept')
    if (!prefersHtml(request)) {
      next()
      return
    }
    namePath(response, '/')
    sendHtml(response, options.homePage())
  })
  const paths = new Paths()
  addRoutes(paths, options.table, options.dispatch, options.access)
  addDocuments(paths, options)
  app.use(paths.handler())
  app.use((request) => {
    throw new ApiError('NOT_FOUND', `nothing lives at ${request.path}; GET /docs lists what does`)
  })
  app.use(errorHandler(options.onInternalError))
  return app
}

function addDocuments(paths: Paths, { table, version, metrics }: RestOptions): void {
  const document = openApi(table, version)
  const page = docsPage(table, version)
  paths.add('GET', '/openapi.json', (_request, response) => sendJson(response, 200, document))
  paths.add('GET', '/docs', (_request, response) => sendHtml(response, page))
  paths.add('GET', '/metrics', (_request, response, next) => {
    metrics()
      .then(({ contentType, text }) => send(response, 200, contentType, text))
      .catch(next)
  })
}

function prefersHtml(request: Request): boolean {
  const accept = request.headers.accept
  return accept !== undefined && accept.includes('text/html') && request.accepts(['json', 'html']) === 'html'
}

function limiter(requestsPerSecond: number) {
  return rateLimit({
    windowMs: 1000,
    limit: requestsPerSecond,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response) => sendError(response, new ApiError('TOO_MANY_REQUESTS')),
  })
}
