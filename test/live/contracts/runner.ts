import { resolve } from 'node:path'

/** A package that contracts are written for, and the program that runs them. All take Fabric's flags. */
export interface Runner {
  readonly name: string
  /** What contracts require. */
  readonly api: string
  /** Arguments of Node that come before `start` or `server` and its flags. */
  readonly program: readonly string[]
}

export const FABRIC: Runner = {
  name: 'fabric-shim',
  api: 'fabric-contract-api',
  program: [resolve('node_modules/fabric-shim/cli.js')],
}
