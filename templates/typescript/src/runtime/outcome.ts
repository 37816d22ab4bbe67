import type { ProcessResult } from '../process-result.js'
import type { ContractError, ERROR_KINDS } from './frames.js'

export interface Failure extends Omit<ContractError, 'kind'> {
  readonly kind: keyof typeof ERROR_KINDS
}

/** What became of an invocation, but for its output on the console. */
export interface Outcome {
  readonly dataJson: string
  readonly outputToChain: boolean
  readonly error: Failure | undefined
  readonly outputTag: string | undefined
  readonly heapJson: Readonly<Record<string, string>>
}

/** Results travel in messages of at most 4 MiB, beside up to 1 MiB of output. */
const MAX_RESULT_CHARACTERS = 1_000_000
const MAX_MESSAGE_CHARACTERS = 4_000
const MAX_STACK_CHARACTERS = 16_000

/** What the author's function returned, ready to be sent; what cannot be sent becomes a BAD_OUTPUT that is not tried again. */
export function outcomeOf(result: ProcessResult | undefined): Outcome {
  if (typeof result !== 'object' || result === null)
    return failure('BAD_OUTPUT', 'processTransaction returned no ProcessResult', false)
  try {
    const dataJson = JSON.stringify(objectOf(result.data))
    const heapJson = heapOf(result.heap)
    if (sizeOf(dataJson, heapJson) > MAX_RESULT_CHARACTERS)
      return failure('BAD_OUTPUT', `the result is larger than ${MAX_RESULT_CHARACTERS} characters`, false)
    return {
      dataJson,
      outputToChain: result.output_to_chain === true,
      error: isAbsent(result.error) ? undefined : businessError(result.error, result.retryable === true),
      outputTag: result.output_tag,
      heapJson,
    }
  } catch (error) {
    return failure('BAD_OUTPUT', `the result cannot be written as JSON: ${textOf(error)}`, false)
  }
}

/** What stands for an invocation that gave no result. */
export function failure(kind: Failure['kind'], message: string, retryable: boolean, stack = ''): Outcome {
  const error = {
    kind,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    retryable,
    stack: stack.slice(0, MAX_STACK_CHARACTERS),
  }
  return { dataJson: '{}', outputToChain: false, error, outputTag: undefined, heapJson: {} }
}

/** What stands for an invocation that threw. */
export function exceptionOf(thrown: unknown): Outcome {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  return failure('EXCEPTION', textOf(thrown), true, stack)
}

function businessError(message: unknown, retryable: boolean): Failure {
  return { kind: 'BUSINESS', message: String(message).slice(0, MAX_MESSAGE_CHARACTERS), retryable, stack: '' }
}

function isAbsent(error: unknown): boolean {
  return error === undefined || error === null || error === ''
}

function objectOf(data: unknown): unknown {
  if (data === undefined || data === null) return {}
  return typeof data === 'object' && !Array.isArray(data) ? data : { rawResponse: data }
}

function heapOf(heap: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(heap ?? {}).map(([key, value]) => [key, JSON.stringify(value) ?? 'null']),
  )
}

function sizeOf(dataJson: string, heapJson: Record<string, string>): number {
  return Object.entries(heapJson).reduce(
    (sum, [key, value]) => sum + key.length + value.length,
    dataJson.length,
  )
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
