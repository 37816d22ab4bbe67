import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the installed package: where package.json, defaults/ and common/ stand. */
export const PACKAGE_ROOT = findRoot()

const manifest = createRequire(import.meta.url)(join(PACKAGE_ROOT, 'package.json')) as { version: string }

export const VERSION = manifest.version

/** Built code lies in dist/app, sources in src/app, tools in .tools/src/app. */
function findRoot(): string {
  const require = createRequire(import.meta.url)
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      require.resolve(join(folder, 'defaults', 'node_defaults.json'))
      return folder
    } catch (error) {
      if (dirname(folder) === folder) throw error
    }
  }
}
