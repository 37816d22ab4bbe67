import type { Json } from '../../base/json.js'
import { integerOf, listOf, MAX_U32, membersOf, ensure, requireAscending, textOf } from '../shape.js'
import { compareUtf8 } from '../text.js'
import { type Binary, decodeBinary } from './binary.js'

/** Which transaction wrote a key last: its block's height and its place in that block. */
export type KeyVersion = {
  readonly height: number
  readonly index: number
}

/** A key as the contract saw it; `version` is null where it found nothing. */
export type KeyRead = {
  readonly namespace: string
  readonly key: string
  readonly version: KeyVersion | null
}

/**
 * What a scan of `start` (inclusive) to `end` (exclusive; empty: unbounded) returned, in UTF-8 byte order of the keys.
 * A scan that was not `exhausted` covers only the keys up to the last one in `results`, that one included.
 */
export type RangeRead = {
  readonly namespace: string
  readonly start: string
  readonly end: string
  readonly exhausted: boolean
  readonly results: readonly RangeResult[]
}

export type RangeResult = {
  readonly key: string
  readonly version: KeyVersion
}

/** What the call leaves at a key; null deletes it. */
export type KeyWrite = {
  readonly namespace: string
  readonly key: string
  readonly value: Binary | null
}

export function decodeReads(json: Json): readonly KeyRead[] {
  const reads = listOf(json, 'PAY-12', 'reads', decodeRead)
  requireAscending(reads, 'PAY-16', 'reads', compareKeys)
  return reads
}

export function decodeWrites(json: Json): readonly KeyWrite[] {
  const writes = listOf(json, 'PAY-12', 'writes', decodeWrite)
  requireAscending(writes, 'PAY-17', 'writes', compareKeys)
  return writes
}

export function decodeRangeReads(json: Json): readonly RangeRead[] {
  return listOf(json, 'PAY-12', 'range_reads', decodeRangeRead)
}

/** The name of a contract or of a namespace of keys. */
export function decodeName(json: Json, what: string): string {
  return textOf(json, 'PAY-10', what, 1, 128)
}

function decodeRead(json: Json): KeyRead {
  const { namespace, key, version } = membersOf(json, 'PAY-12', 'read', ['namespace', 'key', 'version'])
  return {
    namespace: decodeName(namespace, 'namespace'),
    key: decodeKey(key, 'key'),
    version: version === null ? null : decodeVersion(version),
  }
}

function decodeWrite(json: Json): KeyWrite {
  const { namespace, key, value } = membersOf(json, 'PAY-12', 'write', ['namespace', 'key', 'value'])
  return {
    namespace: decodeName(namespace, 'namespace'),
    key: decodeKey(key, 'key'),
    value: value === null ? null : decodeBinary(value, 'value'),
  }
}

function decodeRangeRead(json: Json): RangeRead {
  const names = ['namespace', 'start', 'end', 'exhausted', 'results'] as const
  const range = membersOf(json, 'PAY-12', 'range read', names)
  ensure(typeof range.exhausted === 'boolean', 'PAY-12', 'exhausted is neither true nor false')
  const start = decodeKey(range.start, 'start')
  const end = decodeKey(range.end, 'end')
  const results = listOf(range.results, 'PAY-12', 'results', decodeRangeResult)
  requireAscending(results, 'PAY-18', 'results', (a, b) => compareUtf8(a.key, b.key))
  const [first, last] = [results[0], results.at(-1)]
  ensure(!first || compareUtf8(start, first.key) <= 0, 'PAY-18', 'a result lies before the start')
  ensure(!last || end === '' || compareUtf8(last.key, end) < 0, 'PAY-18', 'a result lies at or after the end')
  return {
    namespace: decodeName(range.namespace, 'namespace'),
    start,
    end,
    exhausted: range.exhausted,
    results,
  }
}

function decodeRangeResult(json: Json): RangeResult {
  const { key, version } = membersOf(json, 'PAY-12', 'result', ['key', 'version'])
  return { key: decodeKey(key, 'key'), version: decodeVersion(version) }
}

function decodeKey(json: Json, what: string): string {
  return textOf(json, 'PAY-14', what, 0, 1024)
}

function decodeVersion(json: Json): KeyVersion {
  const { height, index } = membersOf(json, 'PAY-15', 'version', ['height', 'index'])
  return {
    height: integerOf(height, 'PAY-15', 'height', 0, MAX_U32),
    index: integerOf(index, 'PAY-15', 'index', 0, MAX_U32),
  }
}

function compareKeys(a: KeyRead | KeyWrite, b: KeyRead | KeyWrite): number {
  return compareUtf8(a.namespace, b.namespace) || compareUtf8(a.key, b.key)
}
