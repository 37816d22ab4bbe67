import { describe, expect, it } from '@jest/globals'
import { RemoteService } from '../../../src/contract/remote/remote-service.js'
import { FakeReports, invocationReport, NO_BACKLOG } from './fake-reports.js'
import { codeOf, opened } from './open-registry.js'

const DOOR = {
  address: { ip_address: '127.0.0.1', port: 56000, tls: true, plaintext: true, client_certificates: false },
  tlsRootCertificate: 'PEM',
}

async function served() {
  const { registry, world, told } = await opened()
  const reports = new FakeReports()
  const session = {
    sessionId: 's',
    contractId: '',
    instanceId: 'i',
    language: 'go',
    templateVersion: '1',
    address: '127.0.0.1:1',
    keyId: 'k',
    sinceMs: 1,
    inFlight: 2,
    maxInFlight: 10,
    lastHeardMs: 3,
  }
  const sessions = {
    list: (contractId?: string) => [session].map((each) => ({ ...each, contractId: contractId ?? 'any' })),
  }
  const service = new RemoteService({
    registry,
    reports,
    sessions,
    records: {
      chainId: 'c'.repeat(64),
      height: () => 7,
      count: () => world.count,
      at: () => undefined,
      carrierOf: () => undefined,
      isPending: () => false,
    },
    address: `0x${'1'.repeat(40)}`,
    arriving: () => new Map([['orders', 7]]),
    door: () => DOOR,
    elapsedMs: () => 0,
  })
  return { service, registry, reports, told }
}

const failing = (action: () => unknown): Promise<unknown> => codeOf(Promise.resolve().then(action))

describe('a remote contract', () => {
  it('is registered with texts for all values, and found by its id and by its name', async () => {
    const { service } = await served()
    const { contract, key } = await service.register({
      txn_type: 'orders',
      execution_order: 'serial',
      schedule: { seconds: 30 },
      env: { count: 3, isOn: true, name: 'x' },
      secrets: { token: 'hush' },
    })
    expect(contract).toMatchObject({ execution_order: 'serial', schedule: { seconds: 30 }, lease_ms: 60_000 })
    expect(key.api_key).toMatch(/^SC_[A-Z]{12}\.\w{43}$/)
    const details = service.get('orders')
    expect(service.get(contract.contract_id)).toEqual(details)
    expect(details).toMatchObject({
      env: { count: '3', isOn: 'true', name: 'x' },
      secret_names: ['token'],
      spans: [{ after: 0, up_to: null }],
    })
    expect(JSON.stringify([details, service.list(undefined, 10)])).not.toContain('hush')
  })

  it('is changed where something is named, and nowhere else', async () => {
    const { service } = await served()
    const { contract } = await service.register({ txn_type: 'orders', schedule: { seconds: 5 } })
    expect(await service.update({ contract: 'orders', lease_ms: 5000 })).toEqual({
      ...contract,
      lease_ms: 5000,
    })
    expect((await service.update({ contract: 'orders', schedule: null })).schedule).toBeNull()
    expect((await service.update({ contract: 'orders', env: { aa: '1' } })).env_version).toBe(
      contract.env_version + 1,
    )
  })

  it('is unknown under any other name, whatever is asked', async () => {
    const { service } = await served()
    const asked = [
      () => service.get('nope'),
      () => service.update({ contract: 'nope' }),
      () => service.pause('nope'),
      () => service.delete('nope'),
      () => service.keys('nope'),
      () => service.backlog('nope'),
      () => service.invocations('nope', undefined, undefined, 1),
      () => service.invoke('nope', 1),
      () => service.logs('nope', 0, 1),
      () => service.heap('nope', 'k'),
      () => service.streams('nope'),
      () => service.audit('nope', 1, 1),
    ]
    const codes = await Promise.all(asked.map(failing))
    expect(new Set(codes)).toEqual(new Set(['REMOTE_CONTRACT_NOT_FOUND']))
  })

  it('is listed by name, a page at a time', async () => {
    const { service } = await served()
    for (const txn_type of ['bb', 'cc', 'aa']) await service.register({ txn_type })
    const { items, next } = service.list(undefined, 2)
    expect([items.map(({ contract }) => contract.txn_type), next]).toEqual([['aa', 'bb'], 'bb'])
    expect(service.list('bb', 2)).toMatchObject({ items: [{ contract: { txn_type: 'cc' } }], next: null })
  })
})

describe('invocations', () => {
  it('are told with their results as JSON', async () => {
    const { service, reports } = await served()
    reports.put(invocationReport({ id: 'c:t', dataJson: '{"a":1.5}', stdout: 'x' }))
    expect(service.invocation('c:t')).toMatchObject({ data: { a: 1.5 }, stdout: 'x', state: 'committed' })
    expect(await failing(() => service.invocation('c:u'))).toBe('INVOCATION_NOT_FOUND')
  })

  it('come a page at a time', async () => {
    const { service, reports } = await served()
    await service.register({ txn_type: 'orders' })
    for (const id of ['c:1', 'c:2', 'c:3']) reports.put(invocationReport({ id }))
    const first = service.invocations('orders', undefined, undefined, 2)
    expect([first.items.length, first.next]).toEqual([2, 'c:2'])
    expect(service.invocations('orders', undefined, 'c:2', 2)).toMatchObject({
      items: [{ invocation_id: 'c:3' }],
      next: null,
    })
  })

  it('that are dead can be tried again or discarded, others cannot', async () => {
    const { service, reports } = await served()
    reports.put(invocationReport({ id: 'c:dead', state: 'dead' }))
    reports.put(invocationReport({ id: 'c:done' }))
    expect(await service.retry('c:dead')).toMatchObject({ state: 'pending' })
    const asked = [
      () => service.retry('c:done'),
      () => service.discard('c:dead'),
      () => service.retry('c:no'),
    ]
    expect(await Promise.all(asked.map(failing))).toEqual([
      'INVOCATION_NOT_DEAD',
      'INVOCATION_NOT_DEAD',
      'INVOCATION_NOT_FOUND',
    ])
  })

  it('without a record need an active contract, room and a payload of some size', async () => {
    const { service, reports } = await served()
    const { contract } = await service.register({ txn_type: 'orders', max_backlog: 10 })
    expect(await service.invoke('orders', { a: 1.5 })).toBe(`${contract.contract_id}:manual:1`)
    expect(reports.invoked).toEqual([[contract.contract_id, '{"a":1.5}']])
    expect(await failing(() => service.invoke('orders', 'x'.repeat(1_100_000)))).toBe('BODY_TOO_LARGE')
    reports.backlog = { ...NO_BACKLOG, pending: 8, leased: 1 }
    expect(await failing(() => service.invoke('orders', 1))).toBe('BACKLOG_FULL')
    await service.pause('orders')
    expect(await failing(() => service.invoke('orders', 1))).toBe('REMOTE_CONTRACT_INACTIVE')
  })
})

it('heap values are JSON, and their keys come a page at a time', async () => {
  const { service, reports } = await served()
  await service.register({ txn_type: 'orders' })
  reports.values.set('total', '{"EUR":1}').set('tax', '2').set('other', '3')
  expect(service.heap('orders', 'total')).toMatchObject({ value: { EUR: 1 } })
  expect(await failing(() => service.heap('orders', 'none'))).toBe('HEAP_KEY_NOT_FOUND')
  expect(service.heapKeys('orders', 't', undefined, 1)).toEqual({ items: ['tax'], next: 'tax' })
  expect(service.heapKeys('orders', 't', 'tax', 1)).toEqual({ items: ['total'], next: null })
})

it('keys are told without what lets anybody in', async () => {
  const { service } = await served()
  await service.register({ txn_type: 'orders' })
  const { key_id, api_key } = await service.createKey('orders', 99_000)
  const keys = service.keys('orders')
  expect(keys.map(({ expires_at }) => expires_at).sort()).toEqual([99_000, null])
  expect(JSON.stringify(keys)).not.toContain(api_key.split('.')[1])
  await service.revokeKey('orders', key_id)
  expect(service.keys('orders')).toHaveLength(1)
})

it('streams and the backlog are of one contract, and the door is where clients connect', async () => {
  const { service, reports } = await served()
  const { contract } = await service.register({ txn_type: 'orders' })
  reports.backlog = { ...NO_BACKLOG, pending: 2, oldestMs: 5 }
  expect(service.backlog('orders')).toMatchObject({ arriving: 7, pending: 2, oldest_at: 5, streams: 1 })
  expect(service.streams('orders')).toMatchObject([{ contract_id: contract.contract_id, in_flight: 2 }])
  expect(service.door()).toEqual({
    chain_id: 'c'.repeat(64),
    door: DOOR.address,
    tls_root_certificate: DOOR.tlsRootCertificate,
  })
})
