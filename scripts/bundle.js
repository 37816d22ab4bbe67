import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

/**
 * The programs of dist/ as few large files: Node opens hundreds of small modules in half a second, these in a tenth of it.
 * What others import (dist/api, dist/bus) and what threads run stays as the compiler wrote it.
 */
await rm('dist/chunks', { recursive: true, force: true })
await build({
  entryPoints: ['src/client.ts', 'src/dns.ts', 'src/fabric-chaincode-node-start.ts', 'src/terrarium.ts'],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  legalComments: 'linked',
  // Native code, and packages that start threads of their own, stay where npm put them.
  external: ['lmdb', 'fs-native-extensions', 'pino', 'pino-pretty'],
  // Packages written for CommonJS ask for Node's modules by require.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
})
