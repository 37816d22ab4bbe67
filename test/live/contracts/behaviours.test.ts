import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Header, Proposal, SignatureHeader, SignedProposal } from '../../../src/contract/wire/fabric.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { ContractNode, resultOf, TIMESTAMP_MS } from './contract-node.js'
import { ContractProcess } from './contract-process.js'
import { RUNNERS } from './runner.js'

const { KeyEndorsementPolicy } = createRequire(import.meta.url)('fabric-shim') as {
  KeyEndorsementPolicy: new () => {
    addOrgs(role: string, ...mspIds: string[]): void
    getPolicy(): Uint8Array
  }
}

/** Numbers are those of the behaviours in the project's notes on the chaincode protocol. */
describe.each(RUNNERS)('a contract on $name', (runner) => {
  let node: ContractNode
  const processes: ContractProcess[] = []

  beforeAll(async () => {
    node = await ContractNode.open({ timeoutMs: 3_000 })
    for (const name of ['probe', 'other', 'ranges', 'rich']) node.deploy(name, { id: idOf(name) })
    const secrets = {
      name: 'secrets',
      memberPolicy: { mspId: 'Org1MSP', role: 'MEMBER' as const },
    }
    node.deploy('private', {
      id: 'private:1.0',
      collections: [{ ...secrets, memberOnlyRead: true, memberOnlyWrite: true, blockToLive: 0 }],
    })
    for (const id of ['probe:1.0', 'other:1.0', 'private:1.0']) {
      processes.push(ContractProcess.dialling(runner, id, node.address))
    }
    for (const id of ['probe:1.0', 'other:1.0', 'private:1.0']) await node.live.waitFor(id, 30_000)
  })

  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()))
    await node.close()
  })

  /** Several names stand for one process: each has a state of its own. */
  const idOf = (name: string): string => (name === 'other' ? 'other:1.0' : 'probe:1.0')

  const call = async (name: string, channel: string, ...args: readonly string[]): Promise<unknown> =>
    evaluate('call', name, channel, JSON.stringify(args))

  const evaluate = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse(await node.evaluate('probe', ...args))

  test('4: 64 calls at once on one stream get their own answers, three reads at once within each', async () => {
    const keys = Array.from({ length: 64 }, (_, n) => `four${n}`)
    await node.submit('probe', 'putAll', JSON.stringify(keys))
    const answers = await Promise.all(keys.map((key) => evaluate('getThree', key, `${key}-none`, 'four0')))
    expect(answers).toEqual(keys.map((key) => [key, '', 'four0']))
  })

  test('6: a contract sees the transaction as its proposal has it, and transient data are not in what it wrote', async () => {
    const transient = new Map([['secret', Buffer.from('word')]])
    const { call, simulated } = await node.run('probe', ['facts'], { transient })
    const { nonce, creator } = signatureHeaderOf(call.signedProposal)
    const binding = createHash('sha256').update(nonce).update(creator).update(Buffer.alloc(8)).digest('hex')
    expect(JSON.parse(resultOf(simulated))).toMatchObject({
      txId: call.callId,
      channelId: 'mychannel',
      seconds: Math.floor(TIMESTAMP_MS / 1000),
      nanos: 123_000_000,
      date: new Date(TIMESTAMP_MS).toISOString(),
      transient: [['secret', 'word']],
      binding,
      mspId: 'Org1MSP',
      creator: node.user.certificate,
      clientMspId: 'Org1MSP',
      role: 'auditor',
      peerMspId: 'Org1MSP',
      id: expect.stringMatching(/^x509::.*CN=alice::.*CN=ca\.Org1MSP$/),
    })
    expect(call.callId).toBe(createHash('sha256').update(nonce).update(creator).digest('hex'))
    const written = { ...simulated, response: undefined }
    expect(JSON.stringify(written)).not.toContain('word')
  })

  test.each(['P-256', 'Ed25519'] as const)(
    '7: a contract knows a caller with a %s key, and what is attested of it',
    async (keyType) => {
      const attributes = { role: 'minter' }
      const identity = await node.organisation.issue({ commonName: 'bob', attributes, keyType }, Date.now())
      const { simulated } = await node.run('probe', ['facts'], { identity })
      expect(JSON.parse(resultOf(simulated))).toMatchObject({
        creator: identity.certificate,
        clientMspId: 'Org1MSP',
        role: 'minter',
        id: 'x509::/OU=client/CN=bob::/O=Org1MSP/CN=ca.Org1MSP',
      })
    },
  )

  test('8: an absent key is empty, an empty value deletes, a call does not see its own writes, the last write counts', async () => {
    expect(await node.evaluate('probe', 'get', 'eight')).toBe('')
    expect(await node.submit('probe', 'putTwice', 'eight', 'first', 'second')).toBe('')
    expect(await node.evaluate('probe', 'get', 'eight')).toBe('second')
    await node.submit('probe', 'put', 'eight', '')
    expect(await node.evaluate('probe', 'get', 'eight')).toBe('')
    const { simulated } = await node.run('probe', ['put', 'eight', ''])
    expect(simulated.writes).toContainEqual({ namespace: 'probe', key: 'eight', value: null })
  })

  test('9: ranges have their start and not their end, in the order of UTF-8, without composite keys', async () => {
    const keys = ['a', 'b', 'c', '\uFFEE', '😀', 'é']
    await node.submit('ranges', 'putAll', JSON.stringify(keys))
    await node.submit('ranges', 'putComposite', 'type', '["x"]', 'value')
    const range = async (start: string, end: string): Promise<unknown> =>
      JSON.parse(await node.evaluate('ranges', 'range', start, end))
    expect(await range('a', 'c')).toEqual(['a', 'b'])
    expect(await range('', '')).toEqual(['a', 'b', 'c', 'é', '\uFFEE', '😀'])
    expect(await range('é', '😀')).toEqual(['é', '\uFFEE'])
  })

  test('10: composite keys are found by their beginning, across pieces of a query', async () => {
    await node.submit('probe', 'fillComposite', 'owner', '229')
    const found = (await evaluate('byComposite', 'owner', '["a"]')) as string[][]
    expect(found).toHaveLength(229)
    expect(found.map(([, n]) => Number(n)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 229 }, (_, n) => n),
    )
    expect(await evaluate('byComposite', 'own', '["a"]')).toEqual([])
    await expect(node.evaluate('probe', 'byComposite', 'owner', '[""]')).rejects.toThrow(
      /non-zero length string/,
    )
  })

  test('11: a query of 250 results comes whole; closing twice is no error; queries left open end with the call', async () => {
    await node.submit('rich', 'fill', 'r', '250')
    const all = JSON.parse(await node.evaluate('rich', 'range', 'r', 's')) as string[]
    expect(all).toHaveLength(250)
    await node.evaluate('rich', 'closeTwice')
    await node.evaluate('rich', 'leak', '5')
    expect(JSON.parse(await node.evaluate('rich', 'range', 'r0000', 'r0002'))).toEqual(['r0000', 'r0001'])
  })

  test('12: a range pages itself by bookmarks; what writes may not page, and the other way round', async () => {
    await node.submit('other', 'putAll', JSON.stringify(['p1', 'p2', 'p3']))
    const page = async (bookmark: string): Promise<unknown> =>
      JSON.parse(await node.evaluate('other', 'rangePage', 'p', 'q', '2', bookmark))
    expect(await page('')).toEqual({ keys: ['p1', 'p2'], count: 2, bookmark: 'p3' })
    expect(await page('p3')).toEqual({ keys: ['p3'], count: 1, bookmark: '' })
    await expect(node.evaluate('other', 'pageThenWrite')).rejects.toThrow(
      /PUT_STATE failed: transaction ID: [0-9a-f]{64}: txid \[[0-9a-f]{64}\]: unsuppored transaction\. Transaction has already performed a paginated query\. Writes are not allowed/,
    )
    await expect(node.evaluate('other', 'writeThenPage')).rejects.toThrow(
      /Paginated queries are supported only in a read-only transaction/,
    )
  })

  test('13: a rich query finds JSON objects, sorted and in pages', async () => {
    await node.submit('rich', 'put', 'text', 'no object')
    const query = { selector: { even: true, n: { $lt: 6 } } }
    expect(JSON.parse(await node.evaluate('rich', 'query', JSON.stringify(query)))).toEqual([
      'r0000',
      'r0002',
      'r0004',
    ])
    const first = JSON.parse(await node.evaluate('rich', 'queryPage', JSON.stringify(query), '2', '')) as {
      keys: string[]
      bookmark: string
    }
    expect(first.keys).toEqual(['r0000', 'r0002'])
    const second = await node.evaluate('rich', 'queryPage', JSON.stringify(query), '2', first.bookmark)
    expect(JSON.parse(second)).toMatchObject({ keys: ['r0004'] })
  })

  test('14: the history of a key has its newest value first, and tells that it was deleted', async () => {
    await node.submit('probe', 'put', 'fourteen', 'one')
    await node.submit('probe', 'remove', 'fourteen')
    await node.submit('probe', 'put', 'fourteen', 'two')
    await node.run('probe', ['put', 'fourteen', 'never committed'])
    const entry = {
      isDelete: false,
      seconds: Math.floor(TIMESTAMP_MS / 1000),
      txId: expect.stringMatching(/^[0-9a-f]{64}$/),
    }
    expect(await evaluate('history', 'fourteen')).toEqual([
      { ...entry, value: 'two' },
      { ...entry, value: '', isDelete: true },
      { ...entry, value: 'one' },
    ])
  })

  test('15: the last event counts, and none of a call that failed', async () => {
    const { simulated } = await node.run('probe', ['events', 'first', 'second'])
    expect(simulated.event).toEqual({ name: 'second', payload: Buffer.from('2') })
    const failed = (await node.run('probe', ['eventAndThrow'])).simulated
    expect(failed.response).toMatchObject({ status: 500, message: 'after the event' })
    expect(failed.event).toBeUndefined()
  })

  test('16: a contract calls another within its own call: its id, its namespace, its event, its 500', async () => {
    const { call: made, simulated } = await node.run('probe', ['callAndPut', 'other', 'sixteen', 'v'])
    expect(resultOf(simulated)).toBe(made.callId)
    expect(simulated.event).toBeUndefined()
    expect(simulated.writes).toEqual([
      { namespace: 'other', key: 'sixteen', value: { text: 'inner v' } },
      { namespace: 'probe', key: 'sixteen', value: { text: 'outer v' } },
    ])
    expect(await call('other', '', 'fail', 'inner text')).toMatchObject({
      status: 500,
      message: 'inner text',
    })
    expect(await call('other:9.9', 'mychannel', 'get', 'none')).toMatchObject({
      status: 200,
      payload: '',
    })
    const text = 'INVOKE_CHAINCODE failed: transaction ID: [0-9a-f]{64}: '
    for (const name of ['probe', 'ranges']) {
      await expect(call(name, '', 'get', 'k')).rejects.toThrow(
        new RegExp(`^${text}execute failed: error sending: txid: [0-9a-f]{64}\\(mychannel\\) exists$`),
      )
    }
    expect(await call('other', '', 'call', 'probe', '', '["get","k"]')).toMatchObject({
      status: 500,
      message: expect.stringMatching(/exists$/),
    })
    await expect(call('other', 'elsewhere', 'get', 'k')).rejects.toThrow(
      new RegExp(`^${text}failed to find ledger for channel: elsewhere$`),
    )
    await expect(call('ghost', '', 'get', 'k')).rejects.toThrow(/chaincode ghost not found$/)
  })

  test('17: private values stay out of the state, their hashes are in it', async () => {
    const transient = new Map([['value', Buffer.from('word')]])
    const done = await node.run('private', ['putPrivate', 'secrets', 'k'], { transient })
    expect(node.commit(done)).toEqual([VALIDATION_CODE.VALID])
    expect(done.simulated.privateWrites).toHaveLength(1)
    const onChain = { ...done.simulated, response: undefined, privateWrites: undefined }
    expect(JSON.stringify(onChain)).not.toContain('word')
    const hash = createHash('sha256').update('word').digest('hex')
    expect(await node.evaluate('private', 'getPrivate', 'secrets', 'k')).toBe('word')
    expect(await node.evaluate('private', 'hashPrivate', 'secrets', 'k')).toBe(hash)
    await expect(node.evaluate('private', 'getPrivate', 'unknown', 'k')).rejects.toThrow(
      /collection \[unknown\] not defined in the collection config for chaincode \[private\]/,
    )
    await expect(node.evaluate('probe', 'getPrivate', 'secrets', 'k')).rejects.toThrow(
      /collection config not defined for chaincode \[probe\]/,
    )
    await node.submit('private', 'purgePrivate', 'secrets', 'k')
    expect(await node.evaluate('private', 'getPrivate', 'secrets', 'k')).toBe('')
  })

  test('18: the policy of a key comes back as it was set', async () => {
    await node.submit('probe', 'put', 'eighteen', 'v')
    const policy = new KeyEndorsementPolicy()
    policy.addOrgs('PEER', 'Org1MSP', 'Org2MSP')
    const hex = Buffer.from(policy.getPolicy()).toString('hex')
    await node.submit('probe', 'putPolicy', 'eighteen', hex)
    expect(await node.evaluate('probe', 'getPolicy', 'eighteen')).toBe(hex)
    await expect(node.evaluate('probe', 'putPolicy', 'eighteen', '0a7f')).rejects.toThrow(
      /^PUT_STATE_METADATA failed: transaction ID: [0-9a-f]{64}: /,
    )
  })

  test('19: what was read and changed meanwhile is a conflict; blind writes never are', async () => {
    const both = await Promise.all(
      ['1', '2'].map((value) => node.run('probe', ['update', 'nineteen', value])),
    )
    expect(node.commit(...both)).toEqual([VALIDATION_CODE.VALID, VALIDATION_CODE.MVCC_READ_CONFLICT])
    const blind = await Promise.all(['1', '2'].map((value) => node.run('probe', ['put', 'nineteen', value])))
    expect(node.commit(...blind)).toEqual([VALIDATION_CODE.VALID, VALIDATION_CODE.VALID])
    const scan = await node.run('ranges', ['range', 'x', 'z'])
    const insert = await node.run('ranges', ['put', 'y', 'new'])
    expect(node.commit(insert, scan)).toEqual([VALIDATION_CODE.VALID, VALIDATION_CODE.PHANTOM_READ_CONFLICT])
  })

  test('20: a call that takes too long fails, its late requests are refused, and the next calls are served', async () => {
    const hanging = expect(node.evaluate('probe', 'hang')).rejects.toMatchObject({
      fault: 'timeout',
      message: 'timeout expired while executing transaction',
    })
    const late = expect(node.evaluate('probe', 'late', '3500')).rejects.toMatchObject({ fault: 'timeout' })
    expect(await node.evaluate('probe', 'get', 'none')).toBe('')
    await Promise.all([hanging, late])
    expect(await node.evaluate('probe', 'get', 'late')).toBe('')
  }, 20_000)

  test('values of 8 MB go in and out', async () => {
    const size = 8 * 1024 * 1024
    const { simulated } = await node.run('probe', ['big', 'big', String(size)])
    expect(simulated.response.payload).toHaveLength(size)
    expect(simulated.writes[0]?.value).toEqual({ text: 'x'.repeat(size) })
  })

  test('a function that throws answers 500 with its text', async () => {
    await expect(node.evaluate('probe', 'fail', 'no such asset')).rejects.toThrow('no such asset')
    await expect(node.evaluate('probe', 'nothing')).rejects.toThrow(
      "You've asked to invoke a function that does not exist: nothing",
    )
  })
})

function signatureHeaderOf(signedProposal: Uint8Array): SignatureHeader {
  const { proposalBytes } = SignedProposal.decode(signedProposal)
  return SignatureHeader.decode(Header.decode(Proposal.decode(proposalBytes).header).signatureHeader)
}
