import { readFileSync } from 'node:fs'

/** A file of common/vectors/wallet. */
export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../common/vectors/wallet/${name}`, import.meta.url), 'utf8'))
}
