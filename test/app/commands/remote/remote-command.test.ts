import { describe, expect, test } from '@jest/globals'
import { nodeApi } from '../../../../src/api/node-api.js'
import { auditLines } from '../../../../src/app/commands/remote/audit.js'
import { remoteCommands } from '../../../../src/app/commands/remote/commands.js'
import { age, statusText } from '../../../../src/app/commands/remote/status-text.js'
import { ran, servedNode } from './run-remote.js'

const remote = (...words: string[]) => ran(remoteCommands, words)
const backlog = nodeApi['remote.backlog'].example.result
const auditPage = nodeApi['remote.audit'].example.result
const contractId = nodeApi['remote.get'].example.result.contract.contract_id
const letter = nodeApi['remote.dead_letters'].example.result.invocations[0]

describe('terrarium remote status', () => {
  test('in a pipe shows contracts and clients once, and what to do', async () => {
    const { url } = await servedNode()
    const { stdout, code } = await remote('status', '--node', url)
    expect(code).toBe(0)
    expect(stdout).toMatch(/dial 127\.0\.0\.1:56000/)
    expect(stdout).toMatch(/orders +parallel +1 +2 +12 +3 +1840/)
    expect(stdout).toMatch(/orders +typescript +127\.0\.0\.1:40122 +3\/10/)
    expect(stdout).toMatch(/orders: 1 dead; "terrarium remote retry orders --list"/)
  })

  test('is JSON where that is wanted, of one contract where one is named', async () => {
    const { url } = await servedNode()
    const { stdout } = await remote('status', 'orders', '--json', '--node', url)
    expect(JSON.parse(stdout)).toMatchObject({ contracts: [{ contract: { txn_type: 'orders' } }] })
  })

  test('says that nobody works on what waits, and how to begin', () => {
    const list = nodeApi['remote.list'].example.result
    const idle = list.contracts.map((each) => ({ ...each, backlog: { ...each.backlog, streams: 0 } }))
    expect(statusText({ ...list, contracts: idle, streams: [] }, 0)).toMatch(/no client is connected; start/)
    expect(statusText({ ...list, door: null, contracts: idle, streams: [] }, 0)).toMatch(
      /orders: no client can connect; start the node with --contract-port/,
    )
    expect(statusText({ door: null, contracts: [], streams: [] }, 0)).toMatch(/contract new NAME --template/)
  })

  test('tells ages in their largest unit', () => {
    expect([0, 999, 61_000, 7_200_000, 90_000_000].map(age)).toEqual(['0s', '0s', '1m', '2h', '1d'])
  })
})

describe('terrarium remote logs', () => {
  test('prints what each invocation printed, under its id, and steers no terminal', async () => {
    const line = nodeApi['remote.logs'].example.result.lines[0]
    const lines = [{ ...line, stdout: 'one\n\u001b[2Jtwo\n', stderr: 'oh', truncated: true }]
    const { url } = await servedNode({ 'remote.logs': () => ({ lines }) })
    const { stdout } = await remote('logs', 'orders', '--node', url)
    expect(stdout).toContain(`${line?.invocation_id ?? ''}  (cut)\n  one\n  \ufffd[2Jtwo\n! oh\n`)
  })

  test('is a line of JSON for each where that is wanted', async () => {
    const { url } = await servedNode()
    const { stdout } = await remote('logs', 'orders', '--json', '--tail', '5', '--node', url)
    expect(JSON.parse(stdout)).toEqual(nodeApi['remote.logs'].example.result.lines[0])
  })
})

describe('terrarium remote retry', () => {
  test('lists what is dead, and what it died of', async () => {
    const { url } = await servedNode()
    const { stdout } = await remote('retry', 'orders', '--list', '--node', url)
    expect(stdout).toMatch(/5 +5 .*division by zero/)
  })

  test('tries one again, or all of them once each, or discards them', async () => {
    const { url, node } = await servedNode({
      'remote.dead_letters': (params) =>
        (params as { cursor?: string }).cursor === undefined
          ? { invocations: [letter], next_cursor: 'x' }
          : { invocations: [{ ...letter, invocation_id: 'other' }], next_cursor: null },
    })
    await remote('retry', 'orders', `${contractId}:some`, '--node', url)
    await remote('retry', 'orders', '--all', '--node', url)
    await remote('retry', 'orders', '--all', '--discard', '--node', url)
    expect(node.did).toEqual([
      ['retry', `${contractId}:some`],
      ['retry', letter?.invocation_id],
      ['retry', 'other'],
      ['discard', letter?.invocation_id],
      ['discard', 'other'],
    ])
  })

  test.each([[[]], [['id', '--all']], [['--all', '--list']]])('needs one of its ways: %j', async (words) => {
    const { stderr, code } = await remote('retry', 'orders', ...words)
    expect([code, stderr]).toEqual([2, expect.stringContaining('name one invocation, or give --all')])
  })
})

describe('wrong usage is told, and no node is asked', () => {
  test.each([
    [['status', 'b ad'], /named by its name \(2 to 20 letters, digits and -\) or its id, not "b ad"/],
    [['logs', 'x'], /or its id, not "x"/],
    [['retry', 'orders', '--list', '--discard'], /--discard does not go with --list/],
    [['keys', 'orders', '--expires', '5'], /--expires goes with --new/],
    [
      ['keys', 'orders', '--revoke', 'nope'],
      /--revoke takes the id of a key, SC_ and 12 letters, not "nope"/,
    ],
    [['keys', 'orders', '--new', '--revoke', 'SC_QWERTYUIOPAS'], /--new or --revoke, not both/],
  ])('%j', async (words, message) => {
    const { stderr, code } = await remote(...words)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test('an invocation of another contract is not tried again', async () => {
    const { url, node } = await servedNode()
    const { stderr, code } = await remote('retry', 'orders', 'other:1', '--node', url)
    expect([code, stderr, node.did]).toEqual([
      1,
      expect.stringMatching(/"other:1" is no invocation of orders; .* --list/),
      [],
    ])
  })
})

describe('terrarium remote drain', () => {
  test('waits until all is worked off and stands in blocks, and says how far it is', async () => {
    const nothing = { arriving: 0, pending: 0, leased: 0, committed: 10, dead: 0, outputs_waiting: 0 }
    const ways = [
      { arriving: 1 },
      { pending: 2 },
      { leased: 1, committed: 11 },
      { committed: 12, outputs_waiting: 1 },
      { committed: 12 },
    ]
    const asked = ways.length
    const { url } = await servedNode({
      'remote.backlog': () => ({ ...backlog, ...nothing, ...ways.shift() }),
    })
    const { stdout, code } = await remote('drain', 'orders', '--node', url)
    expect([code, ways.length]).toEqual([0, asked - 5])
    expect(stdout).toMatch(
      /^orders: 0 pending, 0 worked on, 0 ended, 1 record and 0 outputs waiting for a block, 1 client\n/,
    )
    expect(stdout).toMatch(/orders is drained: 14 ended, 2 of them meanwhile; 0 dead\n$/)
  })

  test('ends with status 1 where nobody makes blocks, and asks about that', async () => {
    const waiting = { arriving: 1, pending: 0, leased: 0, outputs_waiting: 2 }
    const { url } = await servedNode({ 'remote.backlog': () => ({ ...backlog, ...waiting }) })
    const { stderr, code } = await remote('drain', 'orders', '--for', '0.05', '--node', url)
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /: 1 record waits for a block; 2 outputs wait for a block; does the node mine\?\n$/,
      ),
    ])
  })

  test.each([
    [{}, /15 invocations wait; .*no client is connected; start its program/],
    [{ door: null }, /15 invocations wait; .*no client can connect; start the node with --contract-port/],
  ])('ends with status 1 where its time is over, and says why nothing moves: %j', async (more, reason) => {
    const list = nodeApi['remote.list'].example.result
    const { url } = await servedNode({
      'remote.backlog': () => ({ ...backlog, streams: 0 }),
      'remote.list': () => ({ ...list, ...more }),
    })
    const { stderr, code } = await remote('drain', 'orders', '--for', '0.05', '--node', url)
    expect([code, stderr]).toEqual([1, expect.stringMatching(reason)])
  })
})

describe('terrarium remote audit', () => {
  test('adds all pages up, and is content where nothing is wrong', async () => {
    const { url } = await servedNode({
      'remote.audit': (params) => ({
        ...auditPage,
        next_cursor: (params as { cursor?: string }).cursor === undefined ? '1001' : null,
      }),
    })
    const { stdout, code } = await remote('audit', 'orders', '--node', url)
    expect(code).toBe(0)
    expect(stdout).toMatch(/records {2}2000: 1996 committed, 4 failed/)
    expect(stdout).toMatch(/outputs {2}1996 on the chain exactly once/)
    expect(stdout).toMatch(/in order: every record ended once, with exactly one output/)
  })

  test('ends with status 1 and names each record that is wrong', async () => {
    const problems = [
      { seq: 7, transaction_id: 'a'.repeat(64), invocation_id: 'i', problem: 'output missing' },
    ]
    const { url } = await servedNode({
      'remote.audit': () => ({ ...auditPage, problems, next_cursor: null }),
    })
    const { stdout, code } = await remote('audit', 'orders', '--node', url)
    expect([code, stdout]).toEqual([1, expect.stringMatching(/! record 7 {2}output missing/)])
    expect(stdout).toMatch(/WRONG: 1 of 1000 records/)
  })

  test('says how to wait where not all has ended', () => {
    expect(auditLines({ ...auditPage, pending: 1 }).at(-1)).toMatch(/terrarium remote drain/)
  })
})

describe('terrarium remote keys', () => {
  test('lists keys, makes one and revokes one', async () => {
    const { url, node } = await servedNode()
    expect((await remote('keys', 'orders', '--node', url)).stdout).toMatch(/SC_QWERTYUIOPAS .* never/)
    const made = await remote('keys', 'orders', '--new', '--node', url)
    expect(made.stdout).toBe(`${nodeApi['remote.create_key'].example.result.api_key}\n`)
    await remote('keys', 'orders', '--revoke', 'SC_QWERTYUIOPAS', '--node', url)
    expect(node.did).toEqual([
      ['create key', ['orders', undefined]],
      ['revoke key', ['orders', 'SC_QWERTYUIOPAS']],
    ])
  })
})

test.each(remoteCommands.map(({ name }) => name))('terrarium remote %s explains itself', async (name) => {
  const { stdout, code } = await remote(name, '--help')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/Usage: terrarium remote [\s\S]*Examples:/)])
})

test('a node that does not answer is named, with what to do', async () => {
  const { stderr, code } = await remote('status', '--node', 'http://127.0.0.1:1')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/127\.0\.0\.1:1.*start one with/)])
})
