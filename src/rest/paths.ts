import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { ApiError } from '../api/errors.js'
import type { Verb } from '../api/method.js'
import { sendError } from './errors.js'
import { namePath } from './observe.js'

/** Answers one verb of one path; gets the decoded values of the path's parameters in their order. */
export type PathHandler = (
  request: Request,
  response: Response,
  next: NextFunction,
  values: readonly string[],
) => void

interface Place {
  readonly path: string
  readonly handlers: Map<string, PathHandler>
  /** Verbs that the path will never take, and why. */
  readonly refuses: Record<string, string>
}

interface Branch {
  readonly named: Map<string, Branch>
  parameter: Branch | undefined
  place: Place | undefined
}

/**
 * The paths of the REST door, as a tree of their segments: the last of a hundred is found as fast as the first. A
 * segment `{name}` takes any text; where a path fits both, the literal one wins. A trailing slash makes no difference.
 */
export class Paths {
  readonly #root = branch()

  /** `refuses` tells callers of other verbs why the path will never take them. */
  add(verb: Verb, path: string, handler: PathHandler, refuses: Partial<Record<Verb, string>> = {}): void {
    let at = this.#root
    for (const segment of segmentsOf(path)) {
      if (segment.startsWith('{')) at = at.parameter ??= branch()
      else at = child(at, segment)
    }
    at.place ??= { path, handlers: new Map(), refuses: {} }
    at.place.handlers.set(verb, handler)
    Object.assign(at.place.refuses, refuses)
  }

  /** Serves the paths; anything else is for who comes next. */
  handler(): RequestHandler {
    return (request, response, next) => {
      const values: string[] = []
      const place = find(this.#root, segmentsOf(request.path), 0, values)
      if (!place) {
        next()
        return
      }
      namePath(response, place.path)
      const handle = place.handlers.get(request.method === 'HEAD' ? 'GET' : request.method)
      if (handle) handle(request, response, next, values.map(decoded))
      else refuseVerb(request, response, place)
    }
  }
}

function branch(): Branch {
  return { named: new Map(), parameter: undefined, place: undefined }
}

function child(parent: Branch, segment: string): Branch {
  const existing = parent.named.get(segment)
  if (existing) return existing
  const created = branch()
  parent.named.set(segment, created)
  return created
}

function segmentsOf(path: string): string[] {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(1, end).split('/')
}

/** Leaves the texts that parameters took in `values`. */
function find(at: Branch, segments: readonly string[], depth: number, values: string[]): Place | undefined {
  const segment = segments[depth]
  if (segment === undefined) return at.place
  const literal = at.named.get(segment)
  const found = literal && find(literal, segments, depth + 1, values)
  if (found || !at.parameter || segment === '') return found
  const taken = values.push(segment)
  const place = find(at.parameter, segments, depth + 1, values)
  if (!place) values.length = taken - 1
  return place
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiError('INVALID_PARAMS', `the path holds ${text}, which is no percent-encoded UTF-8`)
  }
}

/** The path exists, the verb does not: says which do, and why where the verb is refused for good. */
function refuseVerb(request: Request, response: Response, { handlers, refuses }: Place): void {
  const allow = [...handlers.keys(), ...(handlers.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  response.setHeader('allow', allow)
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end()
    return
  }
  const reason = Object.hasOwn(refuses, request.method) ? `: ${refuses[request.method]}` : ''
  sendError(response, new ApiError('METHOD_NOT_ALLOWED', `${request.path} takes ${allow}${reason}`))
}
