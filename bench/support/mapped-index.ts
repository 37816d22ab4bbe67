import { existsSync, readFileSync } from 'node:fs'

const MAPS = '/proc/self/smaps'

/** MB of this process' resident set that are pages of LMDB files; 0 where the system does not tell. */
export function mappedIndexMb(): number {
  if (!existsSync(MAPS)) return 0
  let isIndex = false
  let kilobytes = 0
  for (const line of readFileSync(MAPS, 'utf8').split('\n')) {
    // The line of a mapping starts with its addresses; those of its figures follow.
    if (/^[0-9a-f]+-/.test(line)) isIndex = line.endsWith('.mdb')
    else if (isIndex && line.startsWith('Rss:')) kilobytes += Number(/\d+/.exec(line)?.[0])
  }
  return (kilobytes * 1024) / 1e6
}
