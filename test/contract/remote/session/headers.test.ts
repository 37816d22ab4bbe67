import { connect as http2Connect } from 'node:http2'
import { expect, jest, test } from '@jest/globals'
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { CheckReply } from '../../../../src/contract/wire/remote.js'
import { openTestDoor } from './kit/door.js'
import { KEY, OTHER_KEY } from './kit/fake-registry.js'
import { type Headers, metadataOf } from './kit/raw-client.js'

const { UNAUTHENTICATED, FAILED_PRECONDITION, NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED } = status

const absent: [header: string, code: status, text: string][] = [
  ['x-api-key', UNAUTHENTICATED, 'missing API key'],
  ['x-chain-id', FAILED_PRECONDITION, 'missing chain ID'],
  ['x-smart-contract-id', FAILED_PRECONDITION, 'missing smart contract ID'],
]

test.each(absent)('without %s a stream is refused with code %i and "%s"', async (header, code, text) => {
  const { connect } = await openTestDoor()
  expect(await connect({}, header).ended).toMatchObject({ code, details: text })
})

test.each(absent)('an empty %s is none', async (header, code, text) => {
  const { connect } = await openTestDoor()
  expect(await connect({ [header]: '' }).ended).toMatchObject({ code, details: text })
})

test('headers that are absent come before all else, in the order key, chain, contract', async () => {
  const { connect } = await openTestDoor()
  const bad = { 'x-api-key': 'wrong', 'x-chain-id': 'wrong', 'x-smart-contract-id': 'wrong' }
  const textWithout = async (...names: string[]): Promise<string> => {
    const empty = Object.fromEntries(names.map((name) => [name, '']))
    return (await connect({ ...bad, ...empty }).ended).details
  }
  expect(await textWithout('x-api-key', 'x-chain-id', 'x-smart-contract-id')).toBe('missing API key')
  expect(await textWithout('x-chain-id', 'x-smart-contract-id')).toBe('missing chain ID')
  expect(await textWithout('x-smart-contract-id')).toBe('missing smart contract ID')
  expect(await textWithout()).toBe('invalid API key')
})

const wrong: [what: string, headers: Headers, code: status, text: string][] = [
  ['a wrong key', { 'x-api-key': 'SC_ABCDEFGHIJKL.wrong' }, UNAUTHENTICATED, 'invalid API key'],
  ['a key sent twice', { 'x-api-key': [KEY, KEY] }, UNAUTHENTICATED, 'invalid API key'],
  ['another chain', { 'x-chain-id': 'elsewhere' }, NOT_FOUND, 'unknown chain ID'],
  ['two chains', { 'x-chain-id': ['chain-of-the-test', 'b'] }, NOT_FOUND, 'unknown chain ID'],
  [
    'a key of another contract',
    { 'x-api-key': OTHER_KEY },
    PERMISSION_DENIED,
    'this API key is not for this smart contract',
  ],
  [
    'a contract that nobody has',
    { 'x-smart-contract-id': 'nobody' },
    PERMISSION_DENIED,
    'this API key is not for this smart contract',
  ],
]

test.each(wrong)('%s is refused', async (_, headers, code, text) => {
  const { connect, told } = await openTestDoor()
  expect(await connect(headers).ended).toMatchObject({ code, details: text })
  expect(told).toEqual([`refused: ${text}`])
})

test('a revoked key and one of another chain are judged in that order', async () => {
  const { connect, registry } = await openTestDoor()
  registry.revoke(KEY)
  expect((await connect({ 'x-chain-id': 'elsewhere' }).ended).details).toBe('invalid API key')
})

test('a contract that was deleted is unknown to its own key', async () => {
  const { connect, registry } = await openTestDoor()
  registry.delete()
  expect(await connect().ended).toMatchObject({ code: NOT_FOUND, details: 'unknown smart contract' })
})

test('a contract that is inactive is refused, and served again once it is active', async () => {
  const { connect, registry } = await openTestDoor()
  registry.change({ state: 'inactive' })
  expect(await connect().ended).toMatchObject({
    code: FAILED_PRECONDITION,
    details: 'the smart contract is inactive',
  })
  registry.change({ state: 'active' })
  expect(await connect().hello()).toMatchObject({ contractName: 'invoice' })
})

test('response headers come before Hello is said', async () => {
  const { connect, prime } = await openTestDoor()
  await connect().accepted
  expect(prime.clients.size).toBe(0)
})

test('after ten wrong keys in a minute an address is told when to come back, and right keys still pass', async () => {
  const { connect, clock, told } = await openTestDoor()
  const attempt = () => connect({ 'x-api-key': 'wrong' }).ended
  for (let i = 0; i < 10; i++) expect((await attempt()).code).toBe(UNAUTHENTICATED)
  clock.advance(20_000)
  const { code, metadata } = await attempt()
  expect(code).toBe(RESOURCE_EXHAUSTED)
  expect(metadata.get('retry-after-ms')).toEqual(['40000'])
  expect(await connect().hello()).toBeTruthy()
  clock.advance(40_000)
  expect((await attempt()).code).toBe(UNAUTHENTICATED)
  expect(told.filter((each) => each.includes('too many attempts'))).toHaveLength(1)
})

test('a key with characters that no header may hold is written nowhere', async () => {
  const { port, headers, told } = await openTestDoor()
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  const session = http2Connect(`http://127.0.0.1:${port.port}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/remote_sc.v1.RemoteContracts/Connect',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
      'x-api-key': `${KEY}é`,
    })
    const code = await new Promise((resolve) =>
      stream.on('response', (answer) => resolve(answer['grpc-status'])),
    )
    expect(code).toBe(String(UNAUTHENTICATED))
    expect(log).not.toHaveBeenCalled()
    expect(told.join()).not.toContain(KEY)
  } finally {
    session.destroy()
    log.mockRestore()
  }
})

async function check(port: number, headers: Headers): Promise<CheckReply | ServiceError> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  try {
    return await new Promise((resolve) =>
      client.makeUnaryRequest(
        '/remote_sc.v1.RemoteContracts/Check',
        () => Buffer.alloc(0),
        (bytes: Buffer) => CheckReply.decode(bytes),
        {},
        metadataOf(headers),
        (error, reply) => resolve(error ?? reply ?? ({} as CheckReply)),
      ),
    )
  } finally {
    client.close()
  }
}

test('Check tells how a contract stands, whether it is active or not', async () => {
  const { port, headers, registry } = await openTestDoor()
  const reply = { chainId: 'chain-of-the-test', contractId: registry.contract.id, backlog: 7, protocol: 1 }
  expect(await check(port.port, headers)).toMatchObject({ ...reply, state: 'active' })
  registry.change({ state: 'inactive' })
  expect(await check(port.port, headers)).toMatchObject({ ...reply, state: 'inactive' })
})

test.each(wrong)('Check refuses %s as Connect does', async (_, changes, code, text) => {
  const { port, headers } = await openTestDoor()
  expect(await check(port.port, { ...headers, ...changes })).toMatchObject({ code, details: text })
})
