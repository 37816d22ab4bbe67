import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { CommitFailure, ContractFailure } from '../../../src/contract/testing/errors.js'
import { TestLedger } from '../../../src/contract/testing/test-ledger.js'
import { MSPRole, SignaturePolicyEnvelope } from '../../../src/contract/wire/fabric.js'
import { AssetContract, Counter } from './contracts.js'

function assets(changes: Partial<ConstructorParameters<typeof TestLedger>[0]> = {}): TestLedger {
  return new TestLedger({ contracts: [AssetContract], ...changes })
}

const json = async (answer: Promise<string>) => JSON.parse(await answer) as unknown

describe('calls', () => {
  test('what a call writes is in the state, and what it answers comes back as text', async () => {
    const ledger = assets()
    expect(await ledger.submit('create', 'a1', 'blue')).toBe('{"id":"a1","colour":"blue"}')
    expect(ledger.state.getJson('a1')).toEqual({ colour: 'blue', owner: 'Org1MSP' })
    expect([ledger.state.keys(), ledger.state.get('a2')]).toEqual([['a1'], undefined])
  })

  test('evaluating leaves nothing behind', async () => {
    const ledger = assets()
    expect(await ledger.evaluate('create', 'a1', 'blue')).toBe('{"id":"a1","colour":"blue"}')
    expect([ledger.state.keys(), ledger.events]).toEqual([[], []])
  })

  test('what the contract throws is the failure, and nothing of the call is kept', async () => {
    const ledger = assets()
    await ledger.submit('create', 'a1', 'blue')
    await expect(ledger.submit('create', 'a1', 'red')).rejects.toEqual(
      new ContractFailure(500, 'asset a1 exists'),
    )
    await expect(ledger.submit('writeAndFail', 'x')).rejects.toThrow('no')
    await expect(ledger.submit('nonsense')).rejects.toThrow('does not exist: nonsense')
    expect([ledger.state.keys(), ledger.events.length]).toEqual([['a1'], 1])
  })

  test('a contract does not see its own writes', async () => {
    const ledger = assets()
    expect(await ledger.submit('ownWrite', 'a')).toBe('')
    expect(await ledger.submit('ownWrite', 'a')).toBe('new')
  })

  test('arguments that are no text go as JSON, bytes as they are', async () => {
    const ledger = assets()
    const { call } = (await json(ledger.evaluate('who', 1, true, { a: [1] }, Buffer.from('x'), null))) as {
      call: unknown
    }
    expect(call).toEqual(['who', '1', 'true', '{"a":[1]}', 'x', 'null'])
  })

  test('of calls that run at the same time on the same key, the first to commit wins', async () => {
    const ledger = assets()
    await ledger.submit('create', 'a1', 'blue')
    const paints = ['red', 'green'].map((colour) => ledger.submit('paint', 'a1', colour))
    const [red, green] = await Promise.allSettled(paints)
    expect([red?.status, green?.status]).toEqual(['fulfilled', 'rejected'])
    const reason: unknown = (green as PromiseRejectedResult).reason
    expect(reason).toBeInstanceOf(CommitFailure)
    expect(reason).toMatchObject({ code: 11, status: 'MVCC_READ_CONFLICT' })
    expect((reason as Error).message).toMatch(/"a1" of contract was written by block 1 since it was read$/)
    expect(ledger.state.getJson('a1')).toMatchObject({ colour: 'red' })
  })

  test('a prepared call is committed when it is asked to be', async () => {
    const ledger = assets()
    const [first, second] = [await ledger.prepare('all'), await ledger.prepare('create', 'a1', 'blue')]
    expect([second.result, ledger.state.keys()]).toEqual(['{"id":"a1","colour":"blue"}', []])
    second.commit()
    expect(ledger.state.keys()).toEqual(['a1'])
    expect(() => first.commit()).toThrow(
      expect.objectContaining({ code: 12, status: 'PHANTOM_READ_CONFLICT' }),
    )
    expect(() => second.commit()).toThrow(expect.objectContaining({ code: 9 }))
  })

  test('events are those of calls that took effect', async () => {
    const ledger = assets()
    const { callId, commit } = await ledger.prepare('create', 'a1', 'blue')
    commit()
    expect(ledger.events).toEqual([
      { contract: 'contract', name: 'created', payload: 'a1', callId, height: 0 },
    ])
  })
})

describe('what a contract knows of its call', () => {
  test('the caller, his certificate and its attributes', async () => {
    const ledger = assets({ peerMspId: 'Org9MSP' })
    const alice = ledger.as({ mspId: 'Org2MSP', commonName: 'alice', attributes: { role: 'auditor' } })
    expect(await json(alice.evaluate('who'))).toMatchObject({
      id: 'x509::/OU=client/CN=alice::/O=Org2MSP/CN=ca.Org2MSP',
      mspId: 'Org2MSP',
      peer: 'Org9MSP',
      role: 'auditor',
      channel: 'mychannel',
    })
    expect(await json(ledger.evaluate('who'))).toMatchObject({ mspId: 'Org1MSP', role: null })
  })

  test('the time, which is given or goes on by a second', async () => {
    const ledger = assets()
    const times = [await json(ledger.evaluate('who')), await json(ledger.evaluate('who'))]
    expect(times).toMatchObject([{ time: '2026-01-01T00:00:00.000Z' }, { time: '2026-01-01T00:00:01.000Z' }])
    const fixed = assets({ now: () => new Date('2030-05-06T07:08:09.012Z') })
    expect(await json(fixed.evaluate('who'))).toMatchObject({
      time: '2030-05-06T07:08:09.012Z',
      seconds: '1904281689',
    })
  })

  test('an id and a binding of its own', async () => {
    const ledger = assets()
    const [a, b] = (await Promise.all([1, 2].map(() => json(ledger.evaluate('who'))))) as [
      Record<string, string>,
      Record<string, string>,
    ]
    expect(a['callId']).toMatch(/^[0-9a-f]{64}$/)
    expect(a['binding']).toMatch(/^[0-9a-f]{64}$/)
    expect([a['callId'] === b['callId'], a['binding'] === b['binding']]).toEqual([false, false])
  })
})

describe('queries', () => {
  test('ranges go over as many rows as there are, without composite keys', async () => {
    const ledger = assets()
    for (let n = 0; n < 120; n++) await ledger.submit('create', `a${n}`, 'blue')
    await ledger.submit('link', 'x', 'y')
    expect(await json(ledger.evaluate('all'))).toHaveLength(120)
  })

  test('pages, composite keys, rich queries and history', async () => {
    const ledger = assets()
    for (const [id, colour] of [
      ['a', 'blue'],
      ['b', 'red'],
      ['c', 'red'],
    ] as const)
      await ledger.submit('create', id, colour)
    expect(await json(ledger.evaluate('page', 2, ''))).toEqual({
      keys: ['a', 'b'],
      fetchedRecordsCount: 2,
      bookmark: 'c',
    })
    expect(await json(ledger.evaluate('page', 2, 'c'))).toEqual({
      keys: ['c'],
      fetchedRecordsCount: 1,
      bookmark: '',
    })
    expect(await json(ledger.evaluate('find', { selector: { colour: 'red' } }))).toEqual(['b', 'c'])
    await ledger.submit('link', 'x', '1')
    await ledger.submit('link', 'xy', '2')
    expect(await json(ledger.evaluate('linked', 'x'))).toEqual([['x', '1']])
    await ledger.submit('remove', 'a')
    const first = '{"colour":"blue","owner":"Org1MSP"}'
    expect(await json(ledger.evaluate('history', 'a'))).toMatchObject([
      ['', true, expect.any(Number)],
      [first, false, 1767225600],
    ])
    expect(ledger.state.history('a').map(({ value }) => value)).toEqual([undefined, first])
  })

  test('what a node refuses has the text that it has there', async () => {
    await expect(assets().submit('paged')).rejects.toThrow(
      /^GET_STATE_BY_RANGE failed: transaction ID: [0-9a-f]{64}: txid \[[0-9a-f]{64}\]: unsuppored transaction\. Paginated queries/,
    )
    await expect(assets().submit('find', '{')).rejects.toThrow(/^GET_QUERY_RESULT failed: .*invalid query/)
  })
})

describe('private data', () => {
  const secret = { secret: 's3cret' }

  test('comes in as transient data, is there for members, and for all others as a hash', async () => {
    const collections = [{ name: 'deals', members: ['Org1MSP'], memberOnlyRead: true }]
    const ledger = assets({ collections })
    await ledger.withTransient(secret).submit('hide', 'deals', 'a')
    expect(await ledger.evaluate('reveal', 'deals', 'a')).toBe('s3cret')
    const stranger = ledger.as({ mspId: 'Org2MSP' })
    await expect(stranger.evaluate('reveal', 'deals', 'a')).rejects.toThrow(
      'tx creator does not have read access permission on privatedata in chaincodeName:contract collectionName: deals',
    )
    expect(await stranger.evaluate('hash', 'deals', 'a')).toBe(
      createHash('sha256').update('s3cret').digest('hex'),
    )
    expect([ledger.state.getPrivate('deals', 'a'), ledger.state.getPrivate('deals', 'b')]).toEqual([
      's3cret',
      undefined,
    ])
    await expect(ledger.evaluate('reveal', 'none', 'a')).rejects.toThrow('collection [none] not defined')
  })

  test('transient data is that of one call', async () => {
    const ledger = assets()
    const name = '_implicit_org_Org1MSP'
    await ledger.withTransient(secret).submit('hide', name, 'a')
    await expect(ledger.submit('hide', name, 'a')).rejects.toThrow('nothing to hide')
  })
})

describe('policies of keys', () => {
  /** As Fabric's KeyEndorsementPolicy makes it: members of both organisations. */
  const principals = ['Org1MSP', 'Org2MSP'].map((mspIdentifier) => ({
    principalClassification: 0,
    principal: MSPRole.encode({ mspIdentifier, role: 0 }),
  }))
  const rules = [0, 1].map((signedBy) => ({ signedBy, nOutOf: undefined }))
  const both = Buffer.from(
    SignaturePolicyEnvelope.encode({
      version: 0,
      rule: { signedBy: undefined, nOutOf: { n: 2, rules } },
      identities: principals,
    }),
  ).toString('hex')

  test('are read back as they were set, and hold for the calls that come after', async () => {
    const ledger = assets()
    const alone = ledger.endorsedBy('Org1MSP')
    await alone.submit('create', 'a', 'blue')
    await alone.submit('guard', 'a', both)
    expect(await ledger.evaluate('policy', 'a')).toBe(both)
    await expect(alone.submit('paint', 'a', 'red')).rejects.toMatchObject({
      code: 10,
      status: 'ENDORSEMENT_POLICY_FAILURE',
    })
    await expect(alone.submit('guard', 'a', '')).rejects.toMatchObject({ code: 10 })
    await ledger.endorsedBy('Org1MSP', 'Org2MSP').submit('paint', 'a', 'red')
    await ledger.submit('paint', 'a', 'green')
    expect(ledger.state.getJson('a')).toMatchObject({ colour: 'green' })
  })
})

describe('contracts that call contracts', () => {
  function both(): TestLedger {
    const ledger = assets()
    ledger.deploy('counter', { contracts: [Counter] })
    return ledger
  }

  test('share the call: one transaction writes in both namespaces, and the event is the first one’s', async () => {
    const ledger = both()
    expect(await json(ledger.submit('ask', 'counter', 'add'))).toMatchObject({ status: 200, payload: '1' })
    expect(await ledger.of('counter').submit('add')).toBe('2')
    expect(ledger.stateOf('counter').get('count')).toBe('2')
    expect(ledger.events).toMatchObject([{ contract: 'counter', payload: '2' }])
  })

  test('a failure of the one called is an answer, and its writes stay', async () => {
    const ledger = both()
    expect(await json(ledger.submit('ask', 'counter', 'addAndFail'))).toMatchObject({
      status: 500,
      message: 'counted in vain',
    })
    expect(ledger.stateOf('counter').get('count')).toBe('1')
  })

  test('calling in a circle, or a contract that is not there, is refused', async () => {
    const ledger = both()
    await expect(ledger.submit('ask', 'contract', 'all')).rejects.toThrow(
      /txid: [0-9a-f]{64}\(mychannel\) exists$/,
    )
    expect(await json(ledger.evaluate('ask', 'counter', 'back'))).toMatchObject({
      status: 500,
      message: expect.stringMatching(/exists$/) as unknown,
    })
    await expect(ledger.submit('ask', 'none', 'x')).rejects.toThrow(
      /^INVOKE_CHAINCODE failed: .*chaincode none not found$/,
    )
    await expect(ledger.of('none').submit('x')).rejects.toThrow('chaincode none not found')
    await expect(ledger.submit('ask', 'counter/elsewhere', 'add')).rejects.toThrow('channel elsewhere')
  })
})
