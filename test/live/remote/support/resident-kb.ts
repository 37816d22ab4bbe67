import { readFile } from 'node:fs/promises'

/**
 * The memory that a process has, in KB: all of it, or what is no file that stands in memory as well. 0: it is gone, or the
 * system does not tell.
 */
export async function residentKb(pid: number, what: 'VmRSS' | 'RssAnon' = 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
}
