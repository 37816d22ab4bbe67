import { EventEmitter } from 'node:events'
import { openGrpcPort } from '../../src/contract/peer/grpc-port.js'
import type { Prime } from '../../src/contract/remote/prime.js'
import type { RegistryEventMap, RemoteRegistry } from '../../src/contract/remote/registry.js'
import type { RemoteContract } from '../../src/contract/remote/remote-contract.js'
import { Admission } from '../../src/contract/remote/session/admission.js'
import { FailedAttempts } from '../../src/contract/remote/session/failed-attempts.js'
import { LiveSessions } from '../../src/contract/remote/session/live-sessions.js'
import { addRemoteService } from '../../src/contract/remote/session/remote-service.js'
import { systemClock } from '../../src/time/clock.js'
import { sampleContract } from '../../test/contract/remote/sample-contract.js'
import { serveParent } from './child.js'

/** The port of a node with contracts that never have anything to do. A key is the id of its contract. */
const contract = (id: string): RemoteContract => sampleContract({ id, txnType: 'idle' })

const registry: RemoteRegistry = {
  events: new EventEmitter<RegistryEventMap>(),
  get: contract,
  ofType: () => undefined,
  all: () => [],
  environmentOf: () => ({ version: 1, env: {}, secrets: {} }),
  check: (apiKey) => ({ outcome: 'valid', keyId: apiKey, contractId: apiKey }),
}

const attached = {
  executionOrder: 'parallel',
  leaseMs: 60_000,
  backlog: 0,
  grantedInFlight: 10,
  kept: [],
} as const

const prime: Prime = {
  attach: () => attached,
  start: () => undefined,
  detach: () => undefined,
  credit: () => undefined,
  progress: () => undefined,
  finish: () => Promise.reject(new Error('nothing was delivered')),
  backlog: () => 0,
}

const tell = { began: quiet, ended: quiet, refused: quiet, fault: quiet }
const sessions = new LiveSessions({ prime, registry, clock: systemClock, tell })
const chain = { chainId: 'chain' }
const admission = new Admission({ registry, chain, failedAttempts: new FailedAttempts(Date.now) })
const port = await openGrpcPort({
  host: '127.0.0.1',
  port: 0,
  maxMessageBytes: 100 * 1024 * 1024,
  maxConnections: 512,
})
addRemoteService(port, { sessions, admission, prime, chain, tell })
serveParent(String(port.port), async () => {
  sessions.close()
  await port.close(0)
})

function quiet(): void {
  // Nobody listens.
}
