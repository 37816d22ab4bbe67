import { readFile } from 'node:fs/promises'

/** The memory that a process has, in KB; 0: it is gone, or the system does not tell. */
export async function residentKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
}
