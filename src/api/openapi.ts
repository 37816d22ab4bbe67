import type { TSchema } from '@sinclair/typebox'
import { ERRORS, type ErrorCode } from './errors.js'
import { hoist, type NamedSchemas } from './hoist.js'
import type { AnyMethod, MethodTable, Verb } from './method.js'

/** A verb and a path with the names of its parameters. */
export interface Route {
  readonly verb: Verb
  /** With `{param}`. */
  readonly path: string
  readonly pathParams: readonly string[]
}

/** The other form of a list that is sent item by item: one a line. */
export const NDJSON = 'application/x-ndjson'

/** Errors that any operation can answer. */
const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_PARAMS',
  'MALFORMED_JSON',
  'FORBIDDEN_ORIGIN',
  'INTERNAL',
]

export function routeOf(method: Pick<AnyMethod, 'http'>): Route | undefined {
  if (!method.http) return undefined
  const [verb, path] = method.http.split(' ') as [Verb, string]
  return { verb, path, pathParams: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string) }
}

/** The OpenAPI 3.1 document of all methods of the table that have an HTTP binding. */
export function openApi(table: MethodTable, version: string): object {
  const paths: Record<string, Record<string, object | string>> = {}
  const schemas: NamedSchemas = { Error: errorSchema }
  for (const [name, method] of Object.entries(table)) {
    const route = routeOf(method)
    if (!route) continue
    const verbs = (paths[route.path] ??= {})
    verbs[route.verb.toLowerCase()] = operation(name, method, route, schemas)
    if (method.refuses) verbs['description'] = refusals(method.refuses)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Terrarium node',
      version,
      description: 'A blockchain node. The DNS seed server answers the same operations.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas,
      securitySchemes: { admin_token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

/** The verbs a path will never take, each with the reason. */
export function refusals(refuses: NonNullable<AnyMethod['refuses']>): string {
  return Object.entries(refuses)
    .map(([verb, reason]) => `${verb} is refused: ${reason}.`)
    .join(' ')
}

function operation(name: string, method: AnyMethod, route: Route, schemas: NamedSchemas): object {
  const shape = method.paramsShape ?? method.params
  const properties = propertiesOf(shape)
  const inPath = Object.entries(properties).filter(([key]) => route.pathParams.includes(key))
  const others = Object.entries(properties).filter(([key]) => !route.pathParams.includes(key))
  const inBody = (route.verb !== 'GET' || method.getWithBody === true) && others.length > 0
  const parameters = [
    ...inPath.map(([key, schema]) => ({ name: key, in: 'path', required: true, schema })),
    ...(inBody
      ? []
      : others.map(([key, schema]) => ({
          name: key,
          in: 'query',
          required: isRequired(shape, key),
          schema,
        }))),
  ]
  return {
    operationId: name,
    summary: method.summary,
    tags: [name.split('.')[0]],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(inBody
      ? { requestBody: { content: jsonContent(hoist(shape, schemas), method.example.params) } }
      : {}),
    responses: responses(method, schemas),
    ...(method.scope === 'admin' ? { security: [{}, { admin_token: [] }] } : {}),
  }
}

function responses(method: AnyMethod, schemas: NamedSchemas): Record<string, object> {
  const codes: ErrorCode[] = [
    ...COMMON_ERRORS,
    ...(method.errors ?? []),
    ...(method.scope === 'admin' ? ['UNAUTHORIZED' as const] : []),
  ]
  const answers: Record<string, object> = {
    200: { description: method.summary, content: resultContent(method, schemas) },
  }
  for (const status of new Set(codes.map((code) => ERRORS[code].status))) {
    const texts = codes
      .filter((code) => ERRORS[code].status === status)
      .map((code) => `${code}: ${ERRORS[code].text}`)
    answers[status] = {
      description: texts.join(' '),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    }
  }
  return answers
}

function resultContent({ result, example, streams }: AnyMethod, schemas: NamedSchemas): object {
  const list = jsonContent(hoist(result, schemas), example.result)
  if (!streams) return list
  return { ...list, [NDJSON]: { schema: { type: 'string', description: 'One item of the list a line.' } } }
}

function jsonContent(schema: unknown, example: unknown): object {
  return { 'application/json': { schema, example } }
}

function propertiesOf(schema: TSchema): Record<string, TSchema> {
  return (schema['properties'] ?? {}) as Record<string, TSchema>
}

function isRequired(schema: TSchema, key: string): boolean {
  return ((schema['required'] ?? []) as string[]).includes(key)
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string', enum: Object.keys(ERRORS) },
        message: { type: 'string' },
        details: { type: 'object' },
      },
    },
  },
} as const
