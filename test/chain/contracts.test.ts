import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { deployment } from '../../src/ledger/contracts/lifecycle.js'
import { readDefinition } from '../../src/ledger/contracts/definition.js'
import { conflictOf } from '../../src/ledger/conflict.js'
import { validInvocationsOf } from '../../src/ledger/contracts/block-invocations.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import type { KeyWrite } from '../../src/ledger/payload/key-access.js'
import { endorsementMessage } from '../../src/ledger/signature-checks.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import type { OpenChain } from '../../src/app/open-chain.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'
import { callPayload } from '../ledger/make-chain.js'
import { definition } from '../ledger/contracts/make-contracts.js'
import {
  account,
  mine,
  openTestChain,
  removeFolder,
  temporaryFolder,
  TEST_SETTINGS,
  TestClock,
} from '../support/chain.js'
import { indexDigest } from '../support/index-digest.js'
import { verifyBlocks } from '../support/verify-blocks.js'

const [DEPLOYER, ENDORSER] = [0, 1]

let folder: string
let clock: TestClock
let chain: OpenChain
let calls: number

beforeEach(async () => {
  folder = await temporaryFolder()
  clock = new TestClock()
  calls = 0
  chain = await openTestChain(folder, clock)
})

afterEach(async () => {
  await chain.close()
  await removeFolder(folder)
})

const basic = definition('basic', [1], {
  organisations: [{ mspId: 'Org1MSP', endorsers: [account(ENDORSER).keys.publicKey], rootCertificates: [] }],
  endorsementPolicy: { mspId: 'Org1MSP', role: 'MEMBER' },
  owner: account(DEPLOYER).address,
})

/** A call signed by account 0 and endorsed by an account. */
function call(facts: Partial<InvocationPayload>, endorser = ENDORSER): Transaction {
  calls += 1
  const { keys, address } = account(DEPLOYER)
  const unendorsed = {
    ...callPayload('', `call ${calls}`, { contract: 'basic', ...facts }),
    invoker: address,
  }
  const { publicKey } = account(endorser).keys
  const signature = account(endorser).keys.sign(endorsementMessage(unendorsed))
  const endorsements = unendorsed.contract === '_lifecycle' ? [] : [{ publicKey, signature }]
  const payload = { ...unendorsed, endorsements }
  const { id: chainId } = chain.blockchain.chain
  const unsigned = {
    version: 1,
    chainId,
    timestamp: clock.nowMs,
    inputs: [],
    outputs: [],
    fee: 0,
    payload,
  } as const
  return signTransaction(unsigned, [keys])
}

function put(key: string, text: string | null): KeyWrite {
  return { namespace: 'basic', key, value: text === null ? null : { text } }
}

function textOf(key: string): unknown {
  return chain.blockchain.index.worldValue('basic', key)?.value
}

async function submit(...transactions: readonly Transaction[]): Promise<void> {
  for (const each of transactions) await chain.pending.submit(each)
}

async function deploy(): Promise<void> {
  await submit(call(deployment(chain.blockchain.index, basic)))
  await mine(chain, clock)
}

test('a contract is deployed and called through the pool, and each call has its outcome', async () => {
  await deploy()
  expect(readDefinition(chain.blockchain.index, 'basic')).toEqual(basic)
  const stale = { reads: [{ namespace: 'basic', key: 'k', version: null }], writes: [put('k', 'lost')] }
  const transactions = [
    call({ writes: [put('k', 'one')] }),
    call({ writes: [put('k', 'stranger')] }, 2),
    call(stale),
    call({ contract: 'other' }),
  ]
  await submit(...transactions)
  const block = await mine(chain, clock)
  const { index } = chain.blockchain
  expect(transactions.map(({ id }) => index.place(id)?.code)).toEqual([0, 10, 11, 25])
  expect(textOf('k')).toEqual({ text: 'one' })
  const valid = [...validInvocationsOf(block, (id) => index.place(id)?.code ?? VALIDATION_CODE.VALID)]
  expect(valid.map(({ transaction: { id } }) => id)).toEqual([transactions[0]?.id])
  const conflict = conflictOf(transactions[2]?.payload as InvocationPayload, index)
  expect(conflict).toMatchObject({ code: 11, key: 'k', expected: null })
  expect(conflict?.found && index.transactionAt(conflict.found)).toBe(transactions[0]?.id)
})

test('a reorg takes deployment, state and history back, and a snapshot from before stands', async () => {
  await mine(chain, clock)
  const before = indexDigest(chain.blockchain.index)
  await deploy()
  const deployed = chain.blockchain.tip()?.hash ?? ''
  await submit(call({ writes: [put('k', 'one')] }))
  await mine(chain, clock)
  const after = indexDigest(chain.blockchain.index)
  const snapshot = chain.blockchain.index.snapshot()
  await chain.blockchain.invalidate(deployed)
  expect(indexDigest(chain.blockchain.index)).toEqual(before)
  expect(readDefinition(chain.blockchain.index, 'basic')).toBeUndefined()
  expect(snapshot.worldValue('basic', 'k')?.value).toEqual({ text: 'one' })
  expect([...snapshot.history('basic', 'k')]).toHaveLength(1)
  snapshot.close()
  await chain.blockchain.reconsider(deployed)
  expect(indexDigest(chain.blockchain.index)).toEqual(after)
  expect(textOf('k')).toEqual({ text: 'one' })
})

test('after a reorg that took them off, deployment and call wait again, and stand in the next block', async () => {
  await mine(chain, clock)
  await deploy()
  const deployed = chain.blockchain.tip()?.hash ?? ''
  const calling = call({ writes: [put('k', 'one')] })
  await submit(calling)
  await mine(chain, clock)
  await chain.blockchain.invalidate(deployed)
  await mine(chain, clock)
  expect(chain.blockchain.index.place(calling.id)).toMatchObject({ height: 1, code: 0 })
  expect(textOf('k')).toEqual({ text: 'one' })
})

test('an index rebuilt from the files, and one built by verifying them, say the same of contracts', async () => {
  await deploy()
  await submit(call({ writes: [put('k', 'one')] }), call({ writes: [put('k', 'stranger')] }, 2))
  await mine(chain, clock)
  await submit(call({ writes: [put('k', null), put('l', 'two')] }))
  await mine(chain, clock)
  const digest = indexDigest(chain.blockchain.index)
  expect(await verifyBlocks(folder, TEST_SETTINGS, clock.nowMs)).toEqual(digest)
  await chain.close()
  chain = await openTestChain(folder, clock, { rebuild: true })
  expect(indexDigest(chain.blockchain.index)).toEqual(digest)
})
