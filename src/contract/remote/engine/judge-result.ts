import { hash } from 'node:crypto'
import { jsonIn } from '../../../base/json.js'
import { isWellFormed } from '../../../ledger/text.js'
import { ErrorKind } from '../../wire/remote.js'
import type { Outcome } from '../prime.js'

/** REM-21: the most a result may hold. */
const LIMITS = {
  dataBytes: 1 << 20,
  tagLength: 1024,
  errorLength: 4096,
  heapKeys: 256,
  heapKeyBytes: 256,
  heapBytes: 1 << 20,
}

const CONTROL = /\p{Cc}/u

export type Verdict =
  /** It is what the contract says. */
  | { readonly outcome: 'good' }
  /** Its author says that it failed: that is final. */
  | { readonly outcome: 'error'; readonly error: string }
  /** The attempt failed, another may not. */
  | { readonly outcome: 'retry'; readonly error: string }
  /** It is no result, and will not be one the next time. */
  | { readonly outcome: 'bad'; readonly error: string }

/** REM-20, REM-21: what a result is, whoever sends it. */
export function judgeResult(outcome: Outcome): Verdict {
  const { error } = outcome
  if (error) {
    const { EXCEPTION, TIMEOUT, BAD_OUTPUT } = ErrorKind
    const message = shortened(error.message === '' ? 'the contract gave no reason' : error.message)
    if (error.retryable || error.kind === EXCEPTION || error.kind === TIMEOUT)
      return { outcome: 'retry', error: message }
    if (error.kind === BAD_OUTPUT) return { outcome: 'bad', error: `BAD_OUTPUT: ${message}` }
  }
  const flaw = (error && outcome.dataJson === '' ? undefined : flawOfData(outcome)) ?? flawOfHeap(outcome)
  if (flaw !== undefined) return { outcome: 'bad', error: badOutput(flaw) }
  return error ? { outcome: 'error', error: shortened(error.message) } : { outcome: 'good' }
}

export function badOutput(flaw: string): string {
  return `BAD_OUTPUT: ${flaw}`
}

/** Tells results apart; what was printed meanwhile does not count. */
export function digestOf({ dataJson, outputToChain, outputTag, error, heapJson }: Outcome): Uint8Array {
  const failure = error ? [error.message, error.kind, error.retryable] : null
  const heap = Object.keys(heapJson)
    .sort()
    .map((key) => [key, heapJson[key]])
  const text = JSON.stringify([dataJson, outputToChain, outputTag ?? null, failure, heap])
  return hash('sha256', text, 'buffer')
}

function shortened(message: string): string {
  return Buffer.from(message.slice(0, LIMITS.errorLength)).toString()
}

function flawOfData({ dataJson, outputTag = '' }: Outcome): string | undefined {
  if (Buffer.byteLength(dataJson) > LIMITS.dataBytes)
    return `the result has more than ${LIMITS.dataBytes} bytes`
  const data = jsonIn(dataJson)
  if (data === undefined) return 'the result is no JSON'
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'the result is no JSON object'
  if (outputTag.length > LIMITS.tagLength || !isWellFormed(outputTag))
    return `the tag has more than ${LIMITS.tagLength} characters`
  return undefined
}

function flawOfHeap({ heapJson }: Outcome): string | undefined {
  const entries = Object.entries(heapJson)
  if (entries.length > LIMITS.heapKeys) return `the heap gets more than ${LIMITS.heapKeys} keys at once`
  let bytes = 0
  for (const [key, json] of entries) {
    const keyBytes = Buffer.byteLength(key)
    if (keyBytes === 0 || keyBytes > LIMITS.heapKeyBytes || CONTROL.test(key) || !isWellFormed(key))
      return `a key of the heap has 1 to ${LIMITS.heapKeyBytes} bytes and no control characters`
    bytes += keyBytes + Buffer.byteLength(json)
    if (bytes > LIMITS.heapBytes) return `the heap gets more than ${LIMITS.heapBytes} bytes at once`
    if (jsonIn(json) === undefined) return `the heap's value of ${key} is no JSON`
  }
  return undefined
}
