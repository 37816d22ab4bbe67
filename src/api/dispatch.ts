import { RuleError } from '../ledger/rule-error.js'
import { ApiError, ruleBroken } from './errors.js'
import type { AnyMethod, Caller, MethodTable } from './method.js'
import { compile, type Validator } from './validator.js'

/** Runs one operation by name: validates params, calls its handler. The only place that does either. */
export type Dispatch = (name: string, params: unknown, caller: Caller) => Promise<unknown>

interface Entry<C> {
  readonly method: AnyMethod<C>
  readonly validate: Validator
}

/** Binds a table to what its handlers need. */
export function dispatcher<C>(table: MethodTable<NoInfer<C>>, context: C): Dispatch {
  const entries = new Map<string, Entry<C>>(
    Object.entries(table).map(([name, method]) => [name, { method, validate: compile(method.params) }]),
  )
  return async (name, params, caller) => {
    const entry = entries.get(name)
    if (!entry)
      throw new ApiError('METHOD_NOT_FOUND', `there is no method ${JSON.stringify(name)}`, { method: name })
    const fault = entry.validate(params)
    if (fault) throw new ApiError('INVALID_PARAMS', fault.message, { path: fault.path })
    try {
      return await entry.method.handle(params as never, context, caller)
    } catch (error) {
      throw error instanceof RuleError ? ruleBroken(error) : error
    }
  }
}
