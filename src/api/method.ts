import type { Static, TSchema } from '@sinclair/typebox'
import type { ErrorCode } from './errors.js'
import type { ItemStream } from './item-stream.js'
import type { Topic } from './topics.js'

export type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type HttpBinding = `${Verb} /${string}`

/** public: anybody; private: modules of this node only; admin: from loopback, or with the admin token. */
export type Scope = 'public' | 'private' | 'admin'

/** Who calls, as far as the door can tell. */
export interface Caller {
  /** Literal address of the other end of the connection; absent for calls from inside the process. */
  readonly ipAddress?: string
  /** Chain the caller says it is on. */
  readonly chainId?: string
}

/** What a handler answers with: the result, or item by item where the result is a list. */
export type Answer<T> = T | (T extends readonly (infer I)[] ? ItemStream<I> : never)

/** One operation of the node: data plus one function. Every door, the documents and the typed client derive from it. */
export interface Method<P extends TSchema, R extends TSchema, C> {
  readonly summary: string
  /** One flat object, shaped by no transport. */
  readonly params: P
  /** For documents, where the rules of the chain and not a schema judge the params: what they should look like. */
  readonly paramsShape?: TSchema
  readonly result: R
  /** Verb and path, with `{param}` for parameters in the path; absent for operations that only the bus offers. */
  readonly http?: HttpBinding
  /**
   * Params beside those of the path come in the body alone, although the verb is GET. For operations that change
   * something: a page of a stranger can make a browser GET any URL, but not with a body.
   */
  readonly getWithBody?: true
  /** Verbs that the path will never take, and why: for those who look for them here. */
  readonly refuses?: Readonly<Partial<Record<Verb, string>>>
  /** The result is a list whose items are sent as they come ({@link ItemStream}). */
  readonly streams?: true
  /** Default: public. */
  readonly scope?: Scope
  readonly errors?: readonly ErrorCode[]
  /** Topics after which the answer may differ. */
  readonly changesWith?: readonly Topic[]
  /** Documentation, OpenAPI example and test at once. */
  readonly example: { readonly params: Static<P>; readonly result: Static<R> }
  readonly handle: (
    params: Static<P>,
    context: C,
    caller: Caller,
  ) => Answer<Static<R>> | Promise<Answer<Static<R>>>
}

/** Any method whose context is at most `C`; what generators and adapters need of the table. */
export interface AnyMethod<C = never> extends Omit<Method<TSchema, TSchema, C>, 'handle' | 'example'> {
  readonly example: { readonly params: unknown; readonly result: unknown }
  readonly handle: (params: never, context: C, caller: Caller) => unknown
}

export type MethodTable<C = never> = Readonly<Record<string, AnyMethod<C>>>

/** Fixes the context once; params and result are inferred from the schemas. */
export const methods =
  <C>() =>
  <P extends TSchema, R extends TSchema>(method: Method<P, R, C>): Method<P, R, C> =>
    method

type Contexts<T> = {
  [K in keyof T]: T[K] extends { handle: (p: never, c: infer C, k: Caller) => unknown }
    ? (c: C) => void
    : never
}

/** What all handlers of a table need together: a port forgotten at the composition root does not compile. */
export type ContextOf<T> = Contexts<T>[keyof T] extends (c: infer I) => void ? I : never

export type ParamsOf<M> = M extends { params: infer P extends TSchema } ? Static<P> : never
export type ResultOf<M> = M extends { result: infer R extends TSchema } ? Static<R> : never
