import type { Hash } from '../hash.js'

export function equalHashes(a: Hash, b: Hash): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}
