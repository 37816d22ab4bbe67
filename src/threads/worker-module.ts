import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The JavaScript of a worker module, named by its path below src/ (`mining/search-worker.js`). Threads cannot run TypeScript,
 * and the programs are bundled: it is looked for in every folder above this module, and in the dist/ of each. Undefined
 * where nothing was built.
 */
export function workerModule(path: string): URL | undefined {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const found = [new URL(path, folder), new URL(`dist/${path}`, folder)].find((url) =>
      existsSync(fileURLToPath(url)),
    )
    if (found || folder.pathname === new URL('..', folder).pathname) return found
  }
}
