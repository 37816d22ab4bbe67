import type { ApiError } from '../../api/errors.js'
import { asBusError, type BusError } from '../bus-error.js'
import type { MethodCall } from '../wire/message.js'
import { checkScope } from './check-scope.js'
import type { BusCaller, MethodDirectory, OfferedMethod } from './offered-method.js'
import { resultText } from './result-text.js'

/** What running the methods of one request came to. */
export interface Outcome {
  /** JSON text of each result, in the order of the request. */
  readonly results: readonly (readonly [method: string, jsonText: string])[]
  /** The first result as it is, for a filter; undefined when the first method failed. */
  readonly first: unknown
  /** The first failure: one is enough for the whole to have failed. */
  readonly error: BusError | undefined
}

export interface Runner {
  readonly directory: MethodDirectory
  readonly unauthorized: () => ApiError
  /** Run no further method after one has failed. */
  readonly stopOnError?: boolean
  readonly onInternalError: (error: unknown) => void
}

export interface RunOptions {
  readonly maxObjects: number
  /** What the first method answers, where that is known without running it. */
  readonly firstAnswer?: (() => unknown) | undefined
  readonly text?: typeof resultText
}

/** Runs the methods of a request one after the other; all of them even when one fails, unless told otherwise. */
export async function runCalls(
  runner: Runner,
  calls: readonly MethodCall[],
  caller: BusCaller,
  { maxObjects, firstAnswer, text = resultText }: RunOptions,
): Promise<Outcome> {
  const results: [string, string][] = []
  let first: unknown
  let error: BusError | undefined
  for (const [i, call] of calls.entries()) {
    const { method } = call
    try {
      const offered = checkScope(runner.directory.find(method), method, caller, runner.unauthorized)
      const result: unknown = await (i === 0 && firstAnswer
        ? firstAnswer()
        : run(offered, call, caller, maxObjects))
      if (i === 0) first = result
      results.push([method, text(result, maxObjects)])
    } catch (thrown) {
      const failure = asBusError(thrown, runner.onInternalError)
      error ??= failure
      if (failure.result !== undefined) results.push([method, text(failure.result, 0)])
      if (runner.stopOnError) break
    }
  }
  return { results, first, error }
}

/** What is passed on is not read where it need not be. */
function run(offered: OfferedMethod, call: MethodCall, caller: BusCaller, maxObjects: number): unknown {
  const { params, text } = call
  if (text === undefined || maxObjects > 0 || !offered.pass) return offered.call(params, caller)
  return offered.pass({ ...call, text })
}
