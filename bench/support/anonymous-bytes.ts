import { readFileSync } from 'node:fs'

/** Memory of this process that no file stands behind: pages of a database in it are the system's to take back. */
export function anonymousBytes(): number {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.memoryUsage().rss
}
