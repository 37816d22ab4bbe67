import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect, jest, test } from '@jest/globals'
import { DEFAULTS } from '../../../src/app/settings/defaults.js'
import { SettingsError } from '../../../src/app/settings/errors.js'
import { unitsOf } from '../../../src/ledger/amount-of-coins.js'
import { Wallet } from '../../../src/wallet/wallet.js'
import { account } from '../../support/chain.js'
import { type ChainNode, startChainNode } from '../../support/chain-node.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { answerJson, startHostilePeer } from '../../support/hostile-peer.js'
import { terrarium } from '../../support/terrarium.js'
import { startDns } from '../../support/test-node.js'
import { waitFor } from '../../support/wait-for.js'
import { runWallet, startWallet, type WalletRun, type WalletSurroundings } from '../../app/wallet-io.js'

jest.setTimeout(60_000)

const REWARD = unitsOf(DEFAULTS.blockchain.block_reward)
const FEE = unitsOf(DEFAULTS.wallet.default_fee)
const MATURITY = DEFAULTS.consensus.coinbase_maturity

type Words = readonly string[]

const send = ({ url }: Pick<ChainNode, 'url'>, args: Words, surroundings: WalletSurroundings = {}) =>
  runWallet(['send', '--dev', '--node', url, ...args], surroundings)

function faultIn({ error }: WalletRun): string {
  expect(error).toBeDefined()
  return error?.message ?? ''
}

function jsonOf({ stdout, error }: WalletRun): Record<string, unknown> {
  expect(error).toBeUndefined()
  return JSON.parse(stdout) as Record<string, unknown>
}

/** A node whose account 0 has `spendable` rewards that the next block may spend. */
async function richNode(spendable = 2): Promise<ChainNode> {
  const node = await startChainNode()
  await node.mine(spendable + MATURITY)
  return node
}

function pendingCount({ chain }: ChainNode): number {
  return chain.pending.pool.size
}

test('the built program sends between development accounts, and the next block confirms it', async () => {
  const node = await richNode()
  const { code, stdout, stderr } = await terrarium([
    ...['wallet', 'send', '--dev', '--from', '0', '--to', '1', '--amount', '1.25'],
    ...['--fee', '0.001', '--node', node.url, '--yes'],
  ])
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) as unknown })
  expect(stderr).toContain(`to      ${account(1).address} (account 1)`)
  await node.mine(1)
  const status = await node.get('transactions.status', `/transactions/${stdout.trim()}/status/`)
  expect(status).toMatchObject({ status: 'confirmed', confirmations: 1 })
  const paid = await node.get('utxo.get', `/utxo/${account(1).address}/`)
  expect(paid.balance).toBe(125_000_000)
})

test('--json tells all of a payment in units', async () => {
  const node = await richNode()
  const to = `0x${'ab'.repeat(20)}`
  expect(jsonOf(await send(node, ['--to', to.toUpperCase(), '--amount', '0.5', '--yes', '--json']))).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
    chain_id: node.chain.blockchain.chain.id,
    from: account(0).address,
    to,
    amount: 50_000_000,
    fee: FEE,
    change: REWARD - 50_000_000 - FEE,
    status: 'pending',
    confirmations: 0,
    block: null,
  })
  expect(pendingCount(node)).toBe(1)
})

test('--wait follows a payment until it has enough confirmations', async () => {
  const node = await richNode()
  const sending = send(node, ['--to', '1', '--amount', '1', '--yes', '--wait', '2', '--json'])
  await waitFor('the transaction', () => pendingCount(node) === 1)
  await node.mine(2)
  const run = await sending
  expect(jsonOf(run)).toMatchObject({
    status: 'confirmed',
    confirmations: 2,
    block: { height: 2 + MATURITY },
  })
  expect(run.talk).toContain(`in block ${2 + MATURITY}, 2 of 2 confirmations`)
})

test('--wait tells a reorg that takes the block off, and follows on', async () => {
  const node = await richNode()
  const args = ['--to', '1', '--amount', '1', '--yes', '--wait', '2', '--json']
  const sending = startWallet(['send', '--dev', '--node', node.url, ...args])
  await waitFor('the transaction', () => pendingCount(node) === 1)
  const [block] = await node.mine(1)
  await waitFor('the confirmation', () => sending.talk().includes('1 of 2'))
  await node.post('chain.invalidate', '/chain/invalidate/', { hash: block?.header.hash ?? '' })
  await waitFor('the reorg', () => sending.talk().includes('is off it'))
  await node.mine(2, 2)
  const run = await sending.ended
  expect(run.talk).toContain(`block ${2 + MATURITY}, which held the transaction, is off it`)
  expect(run.talk).toContain('it waits for a block')
  expect(jsonOf(run)).toMatchObject({ status: 'confirmed', confirmations: 2 })
})

test('--wait tells a payment that another took the coins of', async () => {
  const node = await richNode(1)
  const sending = send(node, ['--to', '1', '--amount', '1', '--yes', '--wait', '1', '--json'])
  await waitFor('the transaction', () => pendingCount(node) === 1)
  await node.chain.pending.submit(node.transfer(0, 2, 100_000_000, FEE * 100))
  const { stdout, error } = await sending
  expect(JSON.parse(stdout)).toMatchObject({ status: 'dropped', confirmations: 0, block: null })
  expect(error?.message).toMatch(/dropped and pays nothing/)
})

test('--wait-limit ends the waiting, not the transaction', async () => {
  const node = await richNode()
  const run = await send(node, ['--to', '1', '--amount', '1', '--yes', '--wait', '1', '--wait-limit', '1'])
  expect(run.stdout).toMatch(/^[0-9a-f]{64}\n$/)
  expect(faultIn(run)).toMatch(/not confirmed within 1 s; the transaction may still be/)
  expect(pendingCount(node)).toBe(1)
})

test('too few coins: what is there, what is immature, what leaves and what is missing', async () => {
  const node = await richNode(2)
  expect((await send(node, ['--to', '1', '--amount', '0.4999', '--yes'])).error).toBeUndefined()
  const fault = faultIn(await send(node, ['--to', '1', '--amount', '100', '--yes']))
  expect(fault).toBe(
    '100 and a fee of 0.0001 are too much: 1.5 can be spent now, 98.5001 are missing; 7.5 more are mining rewards that are not mature yet; 1.5 are in transactions that wait for a block, which brings back the change',
  )
  expect(pendingCount(node)).toBe(1)
})

test.each(['1e3', '0', '-1', '0.000000001', '', '99999999999'])(
  '--amount %j is a fault of usage',
  async (amount) => {
    for (const args of [['--amount', amount], [`--amount=${amount}`]]) {
      const { error } = await send({ url: 'http://127.0.0.1:1' }, ['--to', '1', '--yes', ...args])
      expect(error).toBeInstanceOf(SettingsError)
      expect(error?.message).toMatch(/amount/)
    }
  },
)

test.each([
  ['--to', '0x12', 'takes an address with 40 hex digits'],
  ['--to', 'nobody', 'this wallet has no account "nobody"'],
  ['--from', '12', 'this wallet has no account "12"'],
  ['--fee', '-0.1', '--fee takes coins'],
  ['--wait', '0', '--wait takes a whole number'],
  ['--chain-id', 'f'.repeat(64), 'nothing was sent'],
])('%s %s sends nothing', async (flag, value, reason) => {
  const node = await richNode()
  const others = flag === '--to' ? [] : ['--to', '1']
  expect(faultIn(await send(node, [...others, '--amount', '1', '--yes', flag, value]))).toContain(reason)
  expect(pendingCount(node)).toBe(0)
})

test('--chain-id of the chain lets it pass', async () => {
  const node = await richNode()
  const { id } = node.chain.blockchain.chain
  const run = await send(node, ['--to', '1', '--amount', '1', '--yes', '--chain-id', id])
  expect(run.error).toBeUndefined()
})

test('without a terminal nothing is sent unless --yes is given', async () => {
  const node = await richNode()
  expect(faultIn(await send(node, ['--to', '1', '--amount', '1']))).toContain('--yes')
  expect(pendingCount(node)).toBe(0)
})

test('on a terminal the payment is shown, and sent only after a yes', async () => {
  const node = await richNode()
  const args = ['--to', '1', '--amount', '1']
  const refused = await send(node, args, { answers: [[/Send it\?/, '']] })
  expect(faultIn(refused)).toBe('nothing was sent')
  expect(refused.talk).toMatch(/pay +1 coins\n +to +0x[0-9a-f]{40} \(account 1\)\n/)
  expect(pendingCount(node)).toBe(0)
  const sent = await send(node, args, { answers: [[/Send it\?/, 'y']] })
  expect(sent.error).toBeUndefined()
  expect(pendingCount(node)).toBe(1)
})

test('balance tells confirmed, immature and pending of each account and of all', async () => {
  const node = await richNode(2)
  await send(node, ['--to', '1', '--amount', '1', '--yes'])
  const balance = jsonOf(await runWallet(['balance', '--dev', '--node', node.url, '--json'])) as {
    accounts: object[]
    total: object
  }
  const inAll = (2 + MATURITY) * REWARD
  expect(balance.accounts[0]).toMatchObject({
    index: 0,
    confirmed: inAll,
    immature: MATURITY * REWARD,
    pending: -100_000_000 - FEE,
  })
  expect(balance.accounts[1]).toMatchObject({ confirmed: 0, immature: 0, pending: 100_000_000 })
  expect(balance.total).toEqual({ confirmed: inAll, immature: MATURITY * REWARD, pending: -FEE })
  const { stdout } = await runWallet(['balance', '--dev', '--node', node.url])
  expect(stdout).toMatch(/^0 +account 0 +10\.5 +7\.5 +-1\.0001$/m)
  expect(stdout).toMatch(/^1 +account 1 +0 +0 +\+1$/m)
  expect(stdout).toMatch(/^ +in all +10\.5 +7\.5 +-0\.0001$/m)
})

test('list and history show what the node tells', async () => {
  const node = await richNode(2)
  const { stdout: id } = await send(node, ['--to', '1', '--amount', '1', '--yes'])
  const waiting = await runWallet(['history', '--dev', '--account', '1', '--node', node.url])
  expect(waiting.stdout).toMatch(new RegExp(`waits +\\+1 +${id.trim()}\n`))
  await node.mine(1)
  const done = jsonOf(await runWallet(['history', '--dev', '--account', '1', '--node', node.url, '--json']))
  expect(done['transactions']).toEqual([
    expect.objectContaining({ id: id.trim(), received: 100_000_000, sent: 0, confirmations: 1 }),
  ])
  const { stdout } = await runWallet(['list', '--dev', '--node', node.url])
  expect(stdout).toMatch(/^1 +account 1 +0x[0-9a-f]{40} +1$/m)
})

test('a wallet file pays with its own key, and --to may name its accounts', async () => {
  const node = await richNode(1)
  const wallet = await Wallet.create()
  wallet.addAccount('Savings')
  const path = join(await temporaryFolder(), 'wallet.json')
  await writeFile(path, await wallet.lock('open', { scryptN: 16 }))
  await send(node, ['--to', wallet.account(0).address, '--amount', '1', '--yes'])
  await node.mine(1)
  const args = ['send', '--wallet', path, '--node', node.url, '--to', 'Savings', '--amount', '0.25', '--yes']
  expect(faultIn(await runWallet(args, { passphrase: 'shut' }))).toContain('passphrase is wrong')
  expect(jsonOf(await runWallet([...args, '--json'], { passphrase: 'open' }))).toMatchObject({
    to: wallet.account(1).address,
    amount: 25_000_000,
  })
})

test.each(['balance', 'history'])(
  '%s, like send, names the address where no node answers, and the cure',
  async (command) => {
    const fault = faultIn(await runWallet([command, '--dev', '--node', 'http://127.0.0.1:1']))
    expect(fault).toBe(
      'nobody answers at http://127.0.0.1:1: start a network with "npm start", or name a node that runs with --node',
    )
    const sent = faultIn(await send({ url: 'http://127.0.0.1:1' }, ['--to', '1', '--amount', '1', '--yes']))
    expect(sent).toBe(fault)
  },
)

test('a seed server is told apart from a node with a chain', async () => {
  const dns = await startDns()
  const fault = faultIn(await runWallet(['balance', '--dev', '--node', dns.localUrl]))
  expect(fault).toMatch(/it keeps no chain; seed servers do not/)
})

test('somebody else who answers at the address is no node', async () => {
  const peer = await startHostilePeer(answerJson({ chain_id: 'x' }))
  const fault = faultIn(await send(peer, ['--to', '1', '--amount', '1', '--yes']))
  expect(fault).toContain('answers, but not as a node of this version')
})
