import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from '@swc/core'
import type { ContractClass } from '../../../src/contract/api/contract-router.js'

/**
 * The contracts of a fixture, compiled as TypeScript does it for authors (decorators with the types of parameters, CommonJS),
 * on the API that is given in place of what the fixture imports.
 */
export function fixtureContracts(name: string, api: unknown): ContractClass[] {
  const path = fileURLToPath(new URL(`../api/fixtures/${name}.ts`, import.meta.url))
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    configFile: false,
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  })
  const module = { exports: {} as { contracts: ContractClass[] } }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('require', 'module', 'exports', code) as (
    require: () => unknown,
    module: object,
    exports: object,
  ) => void
  run(() => api, module, module.exports)
  return module.exports.contracts
}
