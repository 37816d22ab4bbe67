import type { Json } from '../../base/json.js'

export type JsonObject = Readonly<Record<string, Json>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** A text, or a scalar that another language wrote without quotes; undefined for anything else. */
export function readText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A whole number written as number, text or boolean; absent, null and "" give `fallback`, anything else undefined. */
export function readInteger(value: Json | undefined, fallback: number): number | undefined {
  if (value === undefined || value === null || value === '') return fallback
  if (value === '0') return 0
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value)) return Number(value)
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** A truth written as boolean, 0/1 or text; absent means false. */
export function readFlag(value: Json | undefined): boolean {
  return value === true || value === 1 || value === '1' || value === 'true'
}
