import { openGrpcPort } from '../../src/contract/peer/grpc-port.js'
import { TABLE_NAMES } from '../../src/contract/remote/engine/tables.js'
import { Admission } from '../../src/contract/remote/session/admission.js'
import { FailedAttempts } from '../../src/contract/remote/session/failed-attempts.js'
import { LiveSessions } from '../../src/contract/remote/session/live-sessions.js'
import { addRemoteService } from '../../src/contract/remote/session/remote-service.js'
import { OrderedTables } from '../../src/store/remote/ordered-tables.js'
import { openRemoteRoot } from '../../src/store/remote/remote-root.js'
import { systemClock } from '../../src/time/clock.js'
import { inputOfChild, serveParent } from './child.js'
import { madeUpPrime, madeUpRecords, registry } from './made-up-prime.js'

/** A prime with a made-up backlog, on a port and a disk of its own. */
const { folder, records, payloadBytes } = inputOfChild() as {
  readonly folder: string
  readonly records: number
  readonly payloadBytes: number
}
const root = openRemoteRoot(folder)
const source = madeUpRecords(records, payloadBytes)
const prime = madeUpPrime(OrderedTables.open(root, TABLE_NAMES), source)
const tell = { began: quiet, ended: quiet, refused: quiet, fault: quiet }
const sessions = new LiveSessions({ prime, registry, clock: systemClock, tell })
const admission = new Admission({ registry, chain: source, failedAttempts: new FailedAttempts(Date.now) })
const port = await openGrpcPort({
  ...{ host: '127.0.0.1', port: 0, maxConnections: 8 },
  maxMessageBytes: 100 * 1024 * 1024,
})
addRemoteService(port, { sessions, admission, prime, chain: source, tell })
serveParent(String(port.port), async () => {
  sessions.close()
  await port.close(0)
  await prime.close()
  await root.close()
})

function quiet(): void {
  // Nobody listens.
}
