import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The JavaScript of a worker module. `beside` is the `import.meta.url` of a module of the same folder. Threads cannot run
 * TypeScript: from sources it is the module as it was last built. Undefined when there is none.
 */
export function workerModule(beside: string, name: string): URL | undefined {
  const here = new URL(name, beside)
  const built = new URL(here.href.replace(/\/src\/(?=[^/]+\/[^/]+$)/, '/dist/'))
  return [here, built].find((url) => existsSync(fileURLToPath(url)))
}
