import { openGrpcPort } from '../../../../../src/contract/peer/grpc-port.js'
import { Admission } from '../../../../../src/contract/remote/session/admission.js'
import { FailedAttempts } from '../../../../../src/contract/remote/session/failed-attempts.js'
import { LiveSessions } from '../../../../../src/contract/remote/session/live-sessions.js'
import { addRemoteService } from '../../../../../src/contract/remote/session/remote-service.js'
import { FakeClock } from '../../../../bus/support/fake-clock.js'
import { afterThisTest } from '../../../../support/cleanup.js'
import { FakePrime } from './fake-prime.js'
import { FakeRegistry, KEY } from './fake-registry.js'
import { type Headers, RawClient } from './raw-client.js'

const CHAIN_ID = 'chain-of-the-test'

/** The real port with the real sessions, and around them what the test moves. */
export async function openTestDoor() {
  const clock = new FakeClock()
  const registry = new FakeRegistry()
  const prime = new FakePrime()
  /** What was told, in order. */
  const told: string[] = []
  const tell = {
    began: () => told.push('began'),
    ended: (_: unknown, reason: string) => told.push(`ended: ${reason}`),
    refused: (_: string, { details }: { readonly details: string }) => told.push(`refused: ${details}`),
    fault: (error: unknown) => told.push(`fault: ${String(error)}`),
  }
  const sessions = new LiveSessions({ prime, registry, clock, tell })
  const chain = { chainId: CHAIN_ID }
  const failedAttempts = new FailedAttempts(() => clock.now())
  const admission = new Admission({ registry, chain, failedAttempts })
  const port = await openGrpcPort({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: 100 * 1024 * 1024,
    maxConnections: 300,
  })
  addRemoteService(port, { sessions, admission, prime, chain, tell })
  afterThisTest(async () => {
    sessions.close()
    await port.close(0)
  })
  const headers: Headers = {
    'x-api-key': KEY,
    'x-chain-id': CHAIN_ID,
    'x-smart-contract-id': registry.contract.id,
  }
  const connect = (changes: Headers = {}, without?: string): RawClient => {
    const all = Object.entries({ ...headers, ...changes }).filter(([name]) => name !== without)
    return new RawClient(port.port, Object.fromEntries(all))
  }
  return { clock, registry, prime, told, sessions, port, headers, connect }
}
