import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, jest, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import { PACKAGE_ROOT } from '../../../src/app/package-info.js'
import { AckStatus, type ClientFrame } from '../../../src/contract/wire/remote.js'
import { RawClient } from '../../contract/remote/session/kit/raw-client.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { expectVerified } from '../live-node.js'
import { seededRandom } from './kit/random.js'
import { type Contract, RemoteNode } from './kit/remote-node.js'
import { SmallDisk } from './kit/small-disk.js'
import { Worker, type WorkerOptions } from './kit/worker.js'

jest.setTimeout(600_000)

const SEED = 7
const KILLS = 20
const IN_FLIGHT = 50
const RECORDS = 3000

async function startNode(): Promise<{ readonly node: RemoteNode; readonly chainId: string }> {
  const node = await RemoteNode.start(join(await temporaryFolder(), 'node'))
  return { node, chainId: await node.chainId() }
}

function workerOf(
  node: RemoteNode,
  chainId: string,
  { contractId, apiKey }: Contract,
  more: Pick<WorkerOptions, 'work'> & Partial<WorkerOptions>,
): Worker {
  const own = { port: node.contractPort, chainId, contractId, apiKey }
  return new Worker({ ...own, instanceId: 'worker', maxInFlight: IN_FLIGHT, ...more })
}

/** The chain holds one output of each record, and none of anything else. */
async function expectOneOutputEach(node: RemoteNode, contractId: string, ids: readonly string[]) {
  const outputs = await node.outputs(contractId)
  expect(Object.fromEntries(outputs)).toEqual(Object.fromEntries(ids.map((id) => [id, 1])))
}

test('F1: a node that is killed twenty times with fifty deliveries in flight loses and doubles nothing', async () => {
  const random = seededRandom(SEED)
  const { node, chainId } = await startNode()
  const contract = await node.register('crash')
  const ids = await node.submit('crash', RECORDS)
  const worker = workerOf(node, chainId, contract, {
    async work({ txnId }) {
      await delay(Math.floor(random() * 60))
      return { dataJson: JSON.stringify({ of: txnId }) }
    },
  })
  for (let kill = 0; kill < KILLS; kill++) {
    const { welcomes } = worker
    if (kill > 0) await node.start()
    if (kill > 0) await waitFor('the client to be back', () => worker.welcomes > welcomes)
    const goal = worker.committed + Math.floor(random() * 80)
    await waitFor('fifty in flight', () => worker.inFlight === IN_FLIGHT && worker.committed >= goal)
    await delay(Math.floor(random() * 20))
    expect(worker.inFlight).toBeGreaterThan(IN_FLIGHT / 2)
    await node.killHard()
  }
  await node.start()
  await node.untilDone(contract.contractId, RECORDS)
  await expectOneOutputEach(node, contract.contractId, ids)
  await node.killHard()
  await expectVerified(node.folder)
})

/** A client whose every frame is the test's, welcome and with its environment read. */
async function rawClient(node: RemoteNode, chainId: string, contract: Contract, instanceId: string) {
  const client = new RawClient(node.contractPort, {
    'x-api-key': contract.apiKey,
    'x-chain-id': chainId,
    'x-smart-contract-id': contract.contractId,
  })
  await client.hello({ instanceId })
  await client.next('contractEnv')
  return client
}

function result(
  { invocationId, leaseToken }: { readonly invocationId: string; readonly leaseToken: Uint8Array },
  more: Partial<NonNullable<ClientFrame['result']>> = {},
): NonNullable<ClientFrame['result']> {
  return {
    ...{ invocationId, leaseToken, dataJson: '{"done":true}', outputToChain: true, error: undefined },
    ...{ logs: null, durationMs: 1, outputTag: undefined, heapJson: {}, ...more },
  }
}

test('F8: forged, repeated, changed and late results have no effect beside the one that counts', async () => {
  const { node, chainId } = await startNode()
  const contract = await node.register('replay', { lease_ms: 1000 })
  const [first] = await node.submit('replay', 1)
  const client = await rawClient(node, chainId, contract, 'one')
  const answerTo = async (frame: NonNullable<ClientFrame['result']>) => {
    client.say({ result: frame })
    return (await client.next('resultAck')).status
  }
  const delivery = await client.next('delivery')
  const forged = { ...delivery, leaseToken: Buffer.alloc(delivery.leaseToken.length, 7) }
  expect(await answerTo(result(forged))).toBe(AckStatus.STALE)
  expect(await answerTo(result({ ...delivery, invocationId: `${contract.contractId}:nothing` }))).toBe(
    AckStatus.STALE,
  )
  expect(await answerTo(result(delivery))).toBe(AckStatus.COMMITTED)
  expect(await answerTo(result(delivery))).toBe(AckStatus.ALREADY_COMMITTED)
  expect(await answerTo(result(delivery, { dataJson: '{"done":false}' }))).toBe(AckStatus.STALE)

  const [second] = await node.submit('replay', 1)
  const late = await client.next('delivery')
  client.say({ credit: { maxInFlight: 0 } })
  const other = await rawClient(node, chainId, contract, 'two')
  const again = await other.next('delivery')
  expect(again).toMatchObject({ invocationId: late.invocationId, attempt: 2 })
  client.say({ result: result(late) })
  expect((await client.next('resultAck')).status).toBe(AckStatus.STALE)
  other.say({ result: result(again) })
  expect((await other.next('resultAck')).status).toBe(AckStatus.COMMITTED)

  await node.untilDone(contract.contractId, 2)
  await expectOneOutputEach(node, contract.contractId, [first ?? '', second ?? ''])
})

test('a result that is no JSON is rejected, and never tried again', async () => {
  const { node, chainId } = await startNode()
  const contract = await node.register('broken')
  await node.submit('broken', 1)
  const client = await rawClient(node, chainId, contract, 'one')
  const delivery = await client.next('delivery')
  client.say({ result: result(delivery, { dataJson: '{"a":' }) })
  expect((await client.next('resultAck')).status).toBe(AckStatus.REJECTED)
  expect(await node.backlog(contract.contractId)).toMatchObject({ pending: 0, leased: 0, failed: 1 })
})

const { UNAUTHENTICATED, NOT_FOUND, FAILED_PRECONDITION } = status

test.each<[what: string, verb: string, path: (contract: Contract) => string, code: status]>([
  [
    'whose key is revoked',
    'DELETE',
    ({ contractId, keyId }) => `${contractId}/keys/${keyId}/`,
    UNAUTHENTICATED,
  ],
  ['whose contract is deleted', 'DELETE', ({ contractId }) => `${contractId}/`, NOT_FOUND],
  ['whose contract is paused', 'POST', ({ contractId }) => `${contractId}/pause/`, FAILED_PRECONDITION],
])('F12: a stream %s ends within a second', async (_, verb, path, code) => {
  const { node, chainId } = await startNode()
  const contract = await node.register('gone')
  const client = await rawClient(node, chainId, contract, 'one')
  await node.live.send(verb, `/remote/contracts/${path(contract)}`, {})
  const answeredMs = performance.now()
  expect((await client.ended).code).toBe(code)
  expect(performance.now() - answeredMs).toBeLessThan(1000)
})

test('F3: a client process that is stopped is noticed within seventeen seconds, and its work goes to another', async () => {
  const { node, chainId } = await startNode()
  const contract = await node.register('frozen')
  const headers = {
    'x-api-key': contract.apiKey,
    'x-chain-id': chainId,
    'x-smart-contract-id': contract.contractId,
  }
  const fixture = join(PACKAGE_ROOT, 'test/contract/remote/session/fixtures/stopped-client.cjs')
  const child = fork(fixture, [String(node.contractPort), JSON.stringify(headers)], { execArgv: [] })
  afterThisTest(() => child.kill('SIGKILL'))
  await once(child, 'message')
  const [id] = await node.submit('frozen', 1)
  await waitFor('the delivery', async () => (await node.backlog(contract.contractId)).leased === 1)
  child.kill('SIGSTOP')
  const stoppedMs = performance.now()
  await waitFor('the node to notice', async () => (await node.backlog(contract.contractId)).streams === 0)
  expect(performance.now() - stoppedMs).toBeLessThan(17_000)
  workerOf(node, chainId, contract, { work: () => Promise.resolve({}) })
  await node.untilDone(contract.contractId, 1)
  await expectOneOutputEach(node, contract.contractId, [id ?? ''])
})

const onSmallDisk = SmallDisk.isPossible() ? test : test.skip

onSmallDisk(
  'F11: a full disk acknowledges nothing, ends the stream, and loses nothing once there is room',
  async () => {
    const folder = join(await temporaryFolder(), 'node')
    const disk = SmallDisk.mount(join(folder, 'contracts', 'remote'), 16)
    const node = await RemoteNode.start(folder)
    const chainId = await node.chainId()
    const contract = await node.register('full')
    const ids = await node.submit('full', 30)
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const worker = workerOf(node, chainId, contract, {
      async work({ txnId }) {
        await gate
        return { heapJson: { [txnId]: JSON.stringify('x'.repeat(100_000)) } }
      },
    })
    await waitFor('all deliveries', () => worker.inFlight === 30)
    disk.fill()
    open()
    await waitFor('the stream to end', () => worker.ends.length > 0)
    expect(worker.ends[0]).toMatchObject({ code: status.UNAVAILABLE })
    const acknowledged = worker.committed
    expect(acknowledged).toBeLessThan(30)
    disk.free()
    await node.untilDone(contract.contractId, 30)
    await expectOneOutputEach(node, contract.contractId, ids)
  },
)
