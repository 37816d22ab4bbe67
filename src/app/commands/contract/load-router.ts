import { ContractRouter } from '../../../contract/api/contract-router.js'
import { loadPackage } from '../../../contract/api/load-package.js'

/** The contracts of the package in a folder, ready to be called. */
export async function loadRouter(folder: string): Promise<ContractRouter> {
  return new ContractRouter(await loadPackage(folder))
}

/** A promise that a contract forgot is told of, and does not end the process with all its other transactions. */
export function surviveForgottenPromises(): void {
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`a contract did not wait for a promise that was rejected: ${String(reason)}\n`)
  })
}
