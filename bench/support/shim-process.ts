import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'

/** The contract of bench/support/counter in a process of its own, on the npm shim; resolves with what ends it. */
export function startCounter(id: string, port: number): () => Promise<void> {
  const require = createRequire(import.meta.url)
  const shim = join(dirname(require.resolve('fabric-shim/package.json')), 'cli.js')
  const contract = join(PACKAGE_ROOT, 'bench/support/counter')
  const address = `127.0.0.1:${port}`
  const flags = ['--peer.address', address, '--chaincode-id-name', id, '--module-path', contract]
  const child = spawn(process.execPath, [shim, 'start', ...flags], {
    env: { ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'CRITICAL', CORE_PEER_LOCALMSPID: 'Org1MSP' },
    stdio: 'ignore',
  })
  return async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  }
}
