import { createHash } from 'node:crypto'
import type { Json } from '../../../base/json.js'
import {
  type FieldCondition,
  MOST_FIELDS,
  type RecordField,
  RecordFieldError,
  RESERVED_FIELDS,
} from '../record-queries.js'
import { type RecordPath, recordPath, valuesAt } from './record-path.js'

/** The most values of one field of one record that it is found by: the first ones. */
const MOST_VALUES = 256
const MAX_NAME = 64

/** A field as it is used: number within its type, path read. */
export interface ReadField extends RecordField {
  readonly number: number
  readonly steps: RecordPath
}

/** @throws {RecordFieldError} */
export function readFields(fields: readonly RecordField[]): readonly ReadField[] {
  if (fields.length > MOST_FIELDS) throw new RecordFieldError(`a type has at most ${MOST_FIELDS} fields`)
  const names = new Set<string>(RESERVED_FIELDS)
  return fields.map((field, number) => {
    const { name, path } = field
    if (name === '' || name.length > MAX_NAME)
      throw new RecordFieldError(`the name of a field has 1 to ${MAX_NAME} characters`)
    if (names.has(name)) throw new RecordFieldError(`the name ${JSON.stringify(name)} is taken`)
    names.add(name)
    const steps = recordPath(path)
    if (!steps) throw new RecordFieldError(`the path ${JSON.stringify(path)} of ${name} is none`)
    return { ...field, number, steps }
  })
}

/** What a record is found by in a field: words, tags or numbers, each once. */
export function valuesOf(field: ReadField, payload: Json): ReadonlySet<string | number> {
  const values = new Set<string | number>()
  for (const found of valuesAt(payload, field.steps)) {
    for (const value of partsOf(field, found)) {
      values.add(value)
      if (values.size === MOST_VALUES) return values
    }
  }
  return values
}

function* partsOf({ type, separator = ',' }: ReadField, found: Json): Generator<string | number> {
  if (type === 'number') {
    if (typeof found === 'number' && Number.isFinite(found)) yield withoutSign(found)
  } else if (typeof found === 'string') {
    if (type === 'text') yield* wordsOf(found)
    else yield* tagsOf(found, separator)
  }
}

/** Zero is one number. */
function withoutSign(number: number): number {
  return number === 0 ? 0 : number
}

function* wordsOf(text: string): Generator<string> {
  for (const [word] of text
    .normalize('NFC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}\p{N}]+/gu))
    yield word
}

function* tagsOf(text: string, separator: string): Generator<string> {
  for (let from = 0; from <= text.length;) {
    const at = separator === '' ? -1 : text.indexOf(separator, from)
    const end = at === -1 ? text.length : at
    const tag = text.slice(from, end).trim()
    if (tag !== '') yield tag
    from = end + Math.max(1, separator.length)
  }
}

/** What a condition asks of one field: a value, or numbers of a range (both inclusive). */
export type Wanted =
  | { readonly field: ReadField; readonly value: string | number }
  | { readonly field: ReadField; readonly from: number; readonly to: number }

/** @throws {RecordFieldError} there is no such field, or it is not found by that */
export function wantedOf(condition: FieldCondition, fields: readonly ReadField[]): Wanted {
  const field = fields.find(({ name }) => name === condition.name)
  if (!field) throw new RecordFieldError(`the type has no field ${JSON.stringify(condition.name)}`)
  if ('word' in condition) return { field, value: oneWord(field, condition.word) }
  if ('equals' in condition) return { field, value: oneValue(field, condition.equals) }
  const { from = -Infinity, to = Infinity } = condition
  if (field.type !== 'number' || Number.isNaN(from) || Number.isNaN(to))
    throw new RecordFieldError(`${field.name} is not found by a range of numbers`)
  return { field, from, to }
}

function oneWord(field: ReadField, text: string): string {
  const [word, second] = field.type === 'text' ? [...wordsOf(text)] : []
  if (word === undefined || second !== undefined)
    throw new RecordFieldError(`${field.name} is not found by the word ${JSON.stringify(text)}`)
  return word
}

function oneValue(field: ReadField, value: string | number): string | number {
  if (field.type === 'number' && Number.isFinite(value)) return withoutSign(value as number)
  if (field.type === 'tag' && typeof value === 'string') return value.trim()
  throw new RecordFieldError(`${field.name} is not found by ${JSON.stringify(value)}`)
}

export function isWanted(wanted: Wanted, payload: Json): boolean {
  const values = valuesOf(wanted.field, payload)
  if ('value' in wanted) return values.has(wanted.value)
  for (const value of values)
    if ((value as number) >= wanted.from && (value as number) <= wanted.to) return true
  return false
}

/** What stands for a value in the index: texts by 16 bytes of their hash, numbers by 8 bytes in their order. */
export function valueKey(value: string | number): Buffer {
  if (typeof value === 'number') return numberKey(value)
  return createHash('sha256').update(value).digest().subarray(0, 16)
}

/** The bits of a double, so turned that their order is that of the numbers. */
export function numberKey(value: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeDoubleBE(value)
  const isNegative = (key[0] as number) >= 0x80
  for (let i = 0; i < 8; i++) key[i] = (key[i] as number) ^ (isNegative ? 0xff : i === 0 ? 0x80 : 0)
  return key
}

/** A result whose numbers are not all integers stands in an output as the text of its JSON: this is what it says. */
export function saidIn(payload: Json): Json {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'json')) return payload
  const { json } = payload as Readonly<Record<string, Json>>
  if (typeof json !== 'string' || Object.keys(payload).length > 1) return payload
  try {
    return JSON.parse(json) as Json
  } catch {
    return payload
  }
}
