import { watch } from 'node:fs'
import { sep } from 'node:path'

/** What programs write themselves, and what is no source. */
const IGNORED = new Set(['node_modules', 'dist', 'build', 'lib', 'coverage', 'nodes', '.git', '.terrarium'])

/** An editor writes a file in several steps. */
const SETTLE_MS = 200

/** Calls back after files in a folder, or in one below it, changed. Returns what ends that. */
export function watchFolder(
  folder: string,
  onChange: (file: string) => void,
  onError: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    const parts = (file ?? '').split(sep)
    if (parts.some((part) => IGNORED.has(part) || part.endsWith('~') || part.endsWith('.swp'))) return
    clearTimeout(timer)
    timer = setTimeout(() => onChange(file ?? ''), SETTLE_MS)
  })
  watcher.on('error', onError)
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
