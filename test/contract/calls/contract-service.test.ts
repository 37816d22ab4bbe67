import { describe, expect, test } from '@jest/globals'
import { Conflicts } from '../../../src/contract/calls/conflicts.js'
import { ContractService, type LiveProcess } from '../../../src/contract/calls/contract-service.js'
import type { CallOrder, LocalCallers } from '../../../src/contract/calls/local-callers.js'
import { StateReader } from '../../../src/contract/calls/state-reader.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { afterThisTest } from '../../support/cleanup.js'
import { callNode, makeCall, nodeKeys } from './call-node.js'

const basic: LiveProcess = { id: 'basic:1.0', address: '127.0.0.1:1', sinceMs: 1, isDialled: false }

async function serviceNode(keys: KeyPair = nodeKeys) {
  const node = await callNode()
  const live: LiveProcess[] = [basic]
  const orders: CallOrder[] = []
  const callers: LocalCallers = {
    list: () => [{ name: 'user1@Org1MSP', msp_id: 'Org1MSP', certificate: 'a certificate' }],
    call: (order) => {
      orders.push(order)
      const [name = '', ...args] = order.args.map((arg) => Buffer.from(arg).toString())
      return Promise.resolve({ ...makeCall(node.clock, name, ...args), contract: order.contract })
    },
    issue: () => Promise.reject(new Error('not here')),
  }
  const conflicts = new Conflicts(node.chain)
  afterThisTest(() => conflicts.close())
  const openSnapshot = () => node.open.blockchain.index.snapshot()
  const service = new ContractService({
    channel: 'mychannel',
    chain: node.chain,
    calls: node.calls,
    conflicts,
    reader: new StateReader(openSnapshot, node.executor.privateValues),
    callers,
    openSnapshot,
    organisations: [{ mspId: 'Org1MSP', rootCertificate: 'a certificate' }],
    keys,
    live: () => live,
    door: () => null,
    tlsRootCertificate: () => undefined,
    connect: (id) => Promise.resolve({ id, address: null }),
    timeoutMs: 5_000,
    now: node.clock.now,
  })
  /** Mines once so many transactions wait. */
  const mineWhen = async (count: number) => {
    while ([...node.chain.pending()].length < count) await new Promise(setImmediate)
    return node.mine()
  }
  return { ...node, service, live, orders, mineWhen }
}

const put = (key: string, value = 'v') => ({ contract: 'basic', function: 'put', args: [key, value] })

describe('contracts', () => {
  test('are listed by name, a page at a time, and whether a process runs them', async () => {
    const { service, mine } = await serviceNode()
    for (const name of ['zoo', 'ant', 'bee']) await service.deploy({ name, wait: 'pending' })
    await mine()
    const first = await service.list(undefined, 2)
    expect(first.items.map(({ name, connected }) => [name, connected])).toEqual([
      ['ant', false],
      ['basic', true],
    ])
    const rest = await service.list(first.next ?? undefined, 2)
    expect([rest.items.map(({ name }) => name), rest.next]).toEqual([['bee', 'zoo'], null])
  })

  test('are deployed by the key of the node, for its organisations, with the majority of them as policy', async () => {
    const { service, mineWhen } = await serviceNode()
    const deploying = service.deploy({ name: 'fresh' })
    await mineWhen(1)
    expect(await deploying).toMatchObject({
      status: 'committed',
      code: 0,
      summary: { id: 'fresh:1.0', sequence: 1 },
    })
    const { definition, processes } = await service.get('fresh')
    expect(processes).toEqual([])
    expect(definition).toMatchObject({
      owner: nodeKeys.address,
      organisations: [
        { msp_id: 'Org1MSP', endorsers: [nodeKeys.publicKey], root_certificates: ['a certificate'] },
      ],
      endorsement_policy: { n_of: 1, rules: [{ signed_by: { msp_id: 'Org1MSP', role: 'MEMBER' } }] },
    })
  })

  test('are deployed anew by their owner alone, under the next sequence', async () => {
    const { service, mineWhen } = await serviceNode()
    await expect(service.deploy({ name: 'basic', sequence: 1 })).rejects.toMatchObject({
      code: 'DEPLOYMENT_REFUSED',
      details: { sequence: 2 },
    })
    const deploying = service.deploy({ name: 'basic', version: '2.0', sequence: 2 })
    await mineWhen(1)
    expect(await deploying).toMatchObject({ summary: { id: 'basic:2.0', sequence: 2 } })
    const stranger = await serviceNode(new KeyPair(Buffer.alloc(32, 9)))
    await expect(stranger.service.deploy({ name: 'basic' })).rejects.toMatchObject({
      code: 'DEPLOYMENT_REFUSED',
      details: { owner: nodeKeys.address },
    })
  })

  test('of which the chain would not take the definition are refused by the number of the rule', async () => {
    const { service } = await serviceNode()
    const collections = [{ name: 'c', policy: "'Org1MSP.member'" }]
    await expect(
      service.deploy({ name: 'twice', collections: [...collections, ...collections] }),
    ).rejects.toMatchObject({ rule: 'CON-7' })
  })

  test('that nobody deployed are not found, whatever is asked of them', async () => {
    const { service } = await serviceNode()
    const notFound = { code: 'CONTRACT_NOT_FOUND' }
    await expect(service.invoke({ ...put('a'), contract: 'none' })).rejects.toMatchObject(notFound)
    await expect(service.evaluate({ ...put('a'), contract: 'none' })).rejects.toMatchObject(notFound)
    await expect(service.value('none', 'a')).rejects.toMatchObject(notFound)
    await expect(service.query('none', {}, 10, '')).rejects.toMatchObject(notFound)
    await expect(
      service.events({ contract: 'none', afterHeight: -1, afterCallId: undefined, limit: 1 }),
    ).rejects.toMatchObject(notFound)
  })
})

describe('a call', () => {
  test('waits for its block, and tells where it stands', async () => {
    const { service, mineWhen } = await serviceNode()
    const invoking = service.invoke(put('a', '{"b":1}'))
    const block = await mineWhen(1)
    expect(await invoking).toMatchObject({
      status: 'committed',
      height: block.header.height,
      index: 1,
      code_name: 'VALID',
      response: { payload: { text: '{"b":1}', json: { b: 1 } } },
      attempts: 1,
    })
  })

  test('may not wait, and is asked for later', async () => {
    const { service, mine } = await serviceNode()
    const { call_id, status } = await service.invoke({ ...put('a'), wait: 'pending' })
    expect([status, (await service.call(call_id)).status]).toEqual(['pending', 'pending'])
    await mine()
    expect(await service.call(call_id)).toMatchObject({ status: 'committed', code: 0, reason: null })
    expect(await service.invoke({ ...put('b'), wait: 'none' })).toMatchObject({ status: 'running' })
    await expect(service.call('ab'.repeat(32))).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
  })

  test('that no block takes in time is told to wait still', async () => {
    const { service } = await serviceNode()
    await expect(service.invoke({ ...put('a'), timeout: 0.05 })).rejects.toMatchObject({
      code: 'CALL_TIMEOUT',
      details: { status: 'pending', transaction_id: expect.any(String) as unknown },
    })
  })

  test('that its contract does not answer in time is told to have written nothing', async () => {
    const { service, executor, chain } = await serviceNode()
    await service.evaluate({ contract: 'basic', function: 'get', args: ['a'] })
    executor.gate = new Promise(() => undefined)
    await expect(service.invoke({ ...put('a'), timeout: 0.05 })).rejects.toMatchObject({
      code: 'CALL_TIMEOUT',
      details: { status: 'running' },
    })
    expect([...chain.pending()]).toEqual([])
  })

  test('that its contract refuses has status and message', async () => {
    const { service } = await serviceNode()
    const refused = { code: 'CALL_FAILED', message: 'no', details: { status: 500, message: 'no' } }
    await expect(service.invoke({ contract: 'basic', function: 'refuse' })).rejects.toMatchObject(refused)
    await expect(service.evaluate({ contract: 'basic', function: 'refuse' })).rejects.toMatchObject(refused)
  })

  test('that loses against another is told key and winner, and with retries runs again', async () => {
    const { service, mineWhen, submit } = await serviceNode()
    const add = { contract: 'basic', function: 'add', args: ['n'] }
    await submit('add', 'n')
    const losing = service.invoke(add)
    const lost = expect(losing).rejects.toMatchObject({
      code: 'CALL_CONFLICT',
      message: expect.stringMatching(
        /^MVCC_READ_CONFLICT: key "n" of basic was changed by transaction/,
      ) as unknown,
      details: { code: 11, conflict: { namespace: 'basic', key: 'n' } },
    })
    await mineWhen(2)
    await lost
    await submit('add', 'n')
    const retried = service.invoke({ ...add, retries: 1 })
    await mineWhen(2)
    await mineWhen(1)
    expect(await retried).toMatchObject({ attempts: 2, code: 0, response: { payload: { text: '3' } } })
  })

  test('is held against the metadata of its contract, which are asked for once in a connection', async () => {
    const { service, executor, live } = await serviceNode()
    const wrong = service.evaluate({ contract: 'basic', function: 'get', args: [] })
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: 'get takes 1 argument (key), not 0',
    })
    await service.evaluate({ contract: 'basic', function: 'get', args: ['a'] })
    expect(await service.metadata('basic')).toHaveProperty('contracts.Basic')
    const asked = (): number => executor.ran.filter((name) => name.endsWith('GetMetadata')).length
    expect(asked()).toBe(1)
    live[0] = { ...basic, sinceMs: 2 }
    await Promise.all([service.metadata('basic'), service.metadata('basic')])
    expect(asked()).toBe(2)
  })

  test('takes texts, other JSON, transient values and the name of who calls', async () => {
    const { service, orders } = await serviceNode()
    await service
      .evaluate({
        contract: 'basic',
        function: 'unlisted',
        args: ['a', 1, { b: [true] }],
        transient: { secret: 'hush', more: { a: 1 } },
        identity: 'user1',
      })
      .catch(() => undefined)
    const order = orders.at(-1)
    expect(order?.args.map((arg) => Buffer.from(arg).toString())).toEqual([
      'unlisted',
      'a',
      '1',
      '{"b":[true]}',
    ])
    expect([...(order?.transient ?? [])].map(([key, value]) => [key, Buffer.from(value).toString()])).toEqual(
      [
        ['secret', 'hush'],
        ['more', '{"a":1}'],
      ],
    )
    expect(order?.identity).toBe('user1')
  })
})

describe('what calls left', () => {
  async function filled() {
    const node = await serviceNode()
    for (const key of ['a', 'b', 'c'])
      await node.submit('put', key, JSON.stringify({ key, even: key === 'b' }))
    await node.mine()
    await node.submit('put', 'a', 'two')
    await node.mine()
    return node
  }

  test('is read by key and by range, a page at a time', async () => {
    const { service } = await filled()
    expect(await service.value('basic', 'b')).toMatchObject({ key: 'b', value: { json: { even: true } } })
    expect(await service.value('basic', 'x')).toBeUndefined()
    const first = await service.range('basic', '', '', 2)
    expect([first.items.map(({ key }) => key), first.next]).toEqual([['a', 'b'], 'c'])
    expect(await service.range('basic', 'b', 'c', 2)).toMatchObject({ items: [{ key: 'b' }], next: null })
  })

  test('is found by a selector, and a query that is none is refused', async () => {
    const { service } = await filled()
    expect(await service.query('basic', { selector: { even: true } }, 10, '')).toMatchObject({
      items: [{ key: 'b' }],
      next: null,
    })
    await expect(service.query('basic', { selector: { $bad: 1 } }, 10, '')).rejects.toMatchObject({
      code: 'CALL_REFUSED',
    })
  })

  test('has a history, the newest first', async () => {
    const { service } = await filled()
    const first = await service.history('basic', 'a', 0, 1)
    expect(first).toMatchObject({ items: [{ value: { text: 'two' } }], next: 1 })
    expect(await service.history('basic', 'a', 1, 1)).toMatchObject({
      items: [{ value: { json: { key: 'a' } } }],
      next: null,
    })
  })

  test('tells its events from a checkpoint on, none twice', async () => {
    const { service, chain } = await filled()
    const all = { contract: 'basic', afterHeight: -1, afterCallId: undefined, limit: 2 }
    const first = await service.events(all)
    expect(first.items.map(({ name }) => name)).toEqual(['put a', 'put b'])
    const last = first.items.at(-1)
    const rest = await service.events({
      ...all,
      afterHeight: first.readTo,
      afterCallId: last?.call_id,
      limit: 10,
    })
    expect([rest.items.map(({ name }) => name), rest.readTo]).toEqual([['put c', 'put a'], chain.height()])
    expect(await service.events({ ...all, afterHeight: rest.readTo })).toEqual({
      items: [],
      readTo: chain.height(),
    })
  })
})
