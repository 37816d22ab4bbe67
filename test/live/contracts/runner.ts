import { resolve } from 'node:path'

/** A package that contracts are written for, and the program that runs them. All take Fabric's flags. */
export interface Runner {
  readonly name: string
  /** What contracts require. */
  readonly api: string
  /** Arguments of Node that come before `start` or `server` and its flags. */
  readonly program: readonly string[]
  /** How its process ends when the node has ended the stream. */
  readonly exitCode: number
  /** Whether it tells of every message at log level DEBUG. */
  readonly tracesMessages: boolean
}

const FABRIC: Runner = {
  name: 'fabric-shim',
  api: 'fabric-contract-api',
  program: [resolve('node_modules/fabric-shim/cli.js')],
  exitCode: 0,
  tracesMessages: true,
}

const OWN: Runner = {
  name: 'terrarium/contract',
  api: resolve('dist/contract/index.js'),
  program: [resolve('dist/terrarium.js'), 'contract'],
  exitCode: 1,
  tracesMessages: false,
}

/** All that the same tests are run with. */
export const RUNNERS: readonly Runner[] = [FABRIC, OWN]
