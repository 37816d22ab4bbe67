import type { Json } from '../../src/base/json.js'
import type { Block } from '../../src/ledger/block.js'
import { encodeBlock } from '../../src/ledger/encode-block.js'
import { MAX_MONEY } from '../../src/ledger/amount.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import { signatureMessage } from '../../src/ledger/signature-checks.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import {
  block,
  call,
  callId,
  coin,
  coinbase,
  frame,
  key,
  pay,
  timeOf,
  transaction,
  unsigned,
  work,
} from './forge.js'
import { settings } from './settings.js'
import type { ReferenceBlock } from './valid-chain.js'

/** A block that breaks one rule and no other that is checked before it. */
export interface InvalidBlock {
  readonly rule: string
  readonly what: string
  /** Height of the reference block it would stand in the place of; the state is that after the one below. */
  readonly height: number
  readonly block: Json
}

type Path = readonly (string | number)[]

/** Height at which most wrong blocks stand: rewards are mature, nothing is spent yet. */
const AT = 3

/** One wrong block for each rule that a block can break, and more where a rule can be broken in several ways. */
export function invalidBlocks(chain: readonly ReferenceBlock[]): readonly InvalidBlock[] {
  const branch = chain[AT]?.branch
  const reward = chain[0]?.block.transactions[0] as Transaction
  const REWARD = settings.blockReward
  const spend = transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD - 10)], fee: 10 }, 0)
  const record = transaction(AT, { payload: note({ n: 1 }) }, 6)
  const planting = transaction(
    AT,
    {
      payload: call(
        {
          callId: callId(1),
          reads: [readOf('a'), readOf('b')],
          writes: [writeOf('a'), writeOf('b')],
          rangeReads: [
            {
              namespace: 'garden',
              start: 'a',
              end: '',
              exhausted: true,
              results: [resultOf('a'), resultOf('b')],
            },
          ],
          event: { name: 'grown', payload: { text: '' } },
        },
        8,
        9,
      ),
    },
    0,
  )
  const good = block(branch, [spend])
  const withRecord = block(branch, [record])
  const withCall = block(branch, [planting])
  const answer = { ...note({ n: 1 }), kind: 'output', contract: 'c', invokedBy: record.id } as const
  const withOutput = block(branch, [transaction(AT, { payload: answer }, 6)])
  const cases: InvalidBlock[] = []
  const add = (rule: string, what: string, wrong: Block | Json, height = AT): void => {
    cases.push({ rule, what, height, block: isBlock(wrong) ? encodeBlock(wrong) : wrong })
  }
  const edit = (rule: string, what: string, from: Block, path: Path, value: Json | undefined): void =>
    add(rule, what, edited(encodeBlock(from), path, value))
  const tx = (...path: Path): Path => ['transactions', 1, ...path]
  const payload = (...path: Path): Path => tx('payload', ...path)

  // The envelope of a transaction.
  edit('TX-1', 'a transaction with a member nobody knows', good, tx('memo'), '')
  edit('TX-1', 'a transaction without a fee', good, tx('fee'), undefined)
  edit('TX-2', 'a transaction of another version', good, tx('version'), 2)
  edit('TX-3', 'a chain id in capitals', good, tx('chain_id'), 'A'.repeat(64))
  edit('TX-4', 'a timestamp that is no integer', good, tx('timestamp'), 1.5)
  edit('TX-5', 'an input with a negative output index', good, tx('inputs', 0, 'output_index'), -1)
  edit('TX-6', 'an output of nothing', good, tx('outputs', 0, 'amount'), 0)
  edit('TX-6', 'an output of a negative amount', good, tx('outputs', 0, 'amount'), -1)
  edit('TX-6', 'an output of more than there can be', good, tx('outputs', 0, 'amount'), 2 ** 53)
  edit('TX-7', 'an address in capitals', good, tx('outputs', 0, 'address'), `0x${'A'.repeat(40)}`)
  edit('TX-8', 'a negative fee', good, tx('fee'), -10)
  edit('TX-9', 'a signature that is too short', good, tx('signatures', 0, 'signature'), '00')
  const twoSigners = transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD)] }, 0, 1)
  add(
    'TX-10',
    'signatures in descending order',
    edited(encodeBlock(block(branch, [twoSigners])), tx('signatures'), reversed(twoSigners)),
  )
  const foreign = transaction(
    AT,
    { chainId: 'ab'.repeat(32), inputs: [coin(reward)], outputs: [pay(1, REWARD)] },
    0,
  )
  add('TX-11', 'a transaction of another chain', block(branch, [foreign]))
  add(
    'TX-12',
    'a transaction that takes too many bytes',
    block(branch, [transaction(AT, { payload: note('x'.repeat(settings.maxTransactionBytes)) }, 6)]),
  )
  const nine = Array.from({ length: settings.maxTransactionParts + 1 }, () => pay(1, 1))
  add(
    'TX-13',
    'a transaction with too many outputs',
    block(branch, [transaction(AT, { inputs: [coin(reward)], outputs: nine, fee: REWARD - nine.length }, 0)]),
  )
  add(
    'TX-14',
    'the same input twice',
    block(branch, [
      transaction(AT, { inputs: [coin(reward), coin(reward)], outputs: [pay(1, 2 * REWARD)] }, 0),
    ]),
  )
  const all = transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, MAX_MONEY), pay(1, 1)] }, 0)
  add('TX-15', 'outputs that add up to more than there can be', block(branch, [all]))
  const bare = sealTransaction(unsigned(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD)] }), [])
  add('TX-16', 'a transfer without a signature', block(branch, [bare]))
  const many = transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD)] }, 0, 1, 2)
  add('TX-16', 'more signatures than inputs', block(branch, [many]))
  add(
    'TX-17',
    'a free record that has an output',
    block(branch, [transaction(AT, { outputs: [pay(1, 1)], payload: note(1) }, 6)]),
  )
  add(
    'TX-18',
    'a free record with two signatures',
    block(branch, [transaction(AT, { payload: note(1) }, 6, 7)]),
  )
  const borrowed = transaction(AT, { payload: note(1) }, 7)
  add('TX-19', 'a record in another’s name', block(branch, [borrowed]))
  add('TX-20', 'a coinbase with a fee', frame(branch, [coinbase(AT, 0, { fee: 1 })]))
  add(
    'TX-21',
    'a signature with the order of the group added to its second half',
    edited(encodeBlock(good), tx('signatures', 0, 'signature'), malleated(spend)),
  )
  add(
    'TX-22',
    'a signature by another key of the same message',
    edited(encodeBlock(good), tx('signatures', 0, 'signature'), key(1).sign(signatureMessage(spend.id))),
  )

  // Payloads.
  edit('PAY-1', 'a payload of a kind nobody knows', withRecord, payload('kind'), 'spell')
  edit('PAY-2', 'a record with a member nobody knows', withRecord, payload('memo'), '')
  edit('PAY-3', 'a coinbase of a negative height', good, ['transactions', 0, 'payload', 'height'], -1)
  edit('PAY-4', 'a record without a type', withRecord, payload('txn_type'), '')
  edit('PAY-5', 'a tag that is too long', withRecord, payload('tag'), 'x'.repeat(1025))
  edit('PAY-6', 'a fraction in a record', withRecord, payload('payload', 'n'), 1.5)
  edit('PAY-7', 'a record nested too deeply', withRecord, payload('payload'), nested(33))
  edit('PAY-8', 'half of a surrogate pair in a record', withRecord, payload('payload', 'n'), '\ud800')
  edit('PAY-9', 'bytes given twice', withCall, payload('args', 0), { text: '', hex: '' })
  edit('PAY-10', 'a contract without a name', withCall, payload('contract'), '')
  edit('PAY-11', 'a call id that is too short', withCall, payload('call_id'), '00')
  edit('PAY-12', 'arguments that are no list', withCall, payload('args'), {})
  edit('PAY-13', 'a creator without credentials', withCall, payload('creator', 'credentials'), undefined)
  edit('PAY-14', 'a key that is too long', withCall, payload('writes', 0, 'key'), 'x'.repeat(1025))
  edit(
    'PAY-15',
    'a version with a negative height',
    withCall,
    payload('range_reads', 0, 'results', 0, 'version', 'height'),
    -1,
  )
  edit('PAY-16', 'the same key read twice', withCall, payload('reads', 1, 'key'), 'a')
  edit('PAY-17', 'the same key written twice', withCall, payload('writes', 1, 'key'), 'a')
  edit(
    'PAY-18',
    'a scan that saw keys in descending order',
    withCall,
    payload('range_reads', 0, 'results', 1, 'key'),
    '0',
  )
  edit('PAY-19', 'a call that failed', withCall, payload('response', 'status'), 500)
  edit('PAY-20', 'an event without a name', withCall, payload('event', 'name'), '')
  edit(
    'PAY-21',
    'an endorsement without a signature',
    withCall,
    payload('endorsements', 0, 'signature'),
    undefined,
  )
  const endorsements =
    (encodeBlock(withCall)['transactions'] as { payload: { endorsements: Json[] } }[])[1]?.payload
      .endorsements ?? []
  edit(
    'PAY-22',
    'endorsements in descending order',
    withCall,
    payload('endorsements'),
    [...endorsements].reverse(),
  )

  edit('PAY-23', 'an output without a contract', withOutput, payload('contract'), '')
  edit('PAY-24', 'an output of which nothing tells what it answers', withOutput, payload('invoked_by'), '')

  // Headers.
  edit('HDR-2', 'a block of another version', good, ['version'], 2)
  edit('HDR-3', 'a negative height', good, ['height'], -1)
  edit('HDR-4', 'a previous hash that is too short', good, ['previous_hash'], '00')
  edit('HDR-5', 'a merkle root in capitals', good, ['merkle_root'], 'A'.repeat(64))
  edit('HDR-6', 'a block of no transactions', good, ['transaction_count'], 0)
  edit('HDR-7', 'a timestamp in text', good, ['timestamp'], String(timeOf(AT)))
  edit('HDR-8', 'bits that another number stands for', good, ['bits'], 0x2000007f)
  edit('HDR-9', 'a nonce that is a number', good, ['nonce'], 0)
  edit('HDR-11', 'the hash of another block', good, ['hash'], chain[2]?.block.header.hash ?? '')
  add('HDR-12', 'a target above the limit', block(branch, [], { bits: 0x2100ffff }))
  add('HDR-13', 'a hash above the target', {
    header: work(good.header, false),
    transactions: good.transactions,
  })
  add('HDR-14', 'a block 0 on another chain id', block(undefined, [], { previousHash: 'ab'.repeat(32) }), 0)
  add(
    'HDR-15',
    'a block 0 before the chain’s time',
    block(undefined, [], { timestamp: settings.genesisTime - 1 }),
    0,
  )
  add(
    'HDR-16',
    'a block that does not follow the one below',
    block(branch, [], { previousHash: chain[1]?.block.header.hash ?? '' }),
  )
  add('HDR-17', 'a block at the median of the times before it', block(branch, [], { timestamp: timeOf(1) }))
  add('HDR-18', 'an easier target than the pace asks for', easier(chain), 19)
  add('HDR-19', 'a block of next week', block(branch, [], { timestamp: timeOf(AT) + 7 * 86_400_000 }))

  // Bodies.
  edit('BLK-1', 'a block with a member nobody knows', good, ['memo'], '')
  edit('BLK-2', 'transactions that are no list', good, ['transactions'], {})
  add('BLK-3', 'a transaction more than the header counts', {
    header: good.header,
    transactions: [...good.transactions, record],
  })
  const big = [1, 2, 3].map((n) => transaction(AT, { payload: note('x'.repeat(7_000), String(n)) }, 6))
  add('BLK-4', 'a block that takes too many bytes', block(branch, big))
  add('BLK-5', 'a transaction twice', block(branch, [record, record]))
  add(
    'BLK-6',
    'the merkle root of other transactions',
    frame(branch, good.transactions, { merkleRoot: withRecord.header.merkleRoot }),
  )
  add('BLK-7', 'a block without a coinbase', frame(branch, [record]))
  add(
    'BLK-8',
    'a second coinbase',
    frame(branch, [coinbase(AT, 0), coinbase(AT, 0, { timestamp: timeOf(AT) + 1 })]),
  )
  add(
    'BLK-9',
    'the coinbase of another height',
    frame(branch, [coinbase(AT, 0, { payload: { kind: 'coinbase', height: AT + 1 } })]),
  )

  // Spending.
  const nowhere = { transactionId: 'cd'.repeat(32), outputIndex: 0 }
  add(
    'UTX-1',
    'an input that names no output',
    block(branch, [transaction(AT, { inputs: [nowhere], outputs: [pay(1, 1)] }, 0)]),
  )
  const after = chain[AT + 1]?.branch
  add(
    'UTX-1',
    'an input that an earlier block spent',
    block(after, [transaction(AT + 1, { inputs: [coin(reward)], outputs: [pay(1, REWARD)] }, 0)]),
    AT + 1,
  )
  const again = transaction(AT, { inputs: [coin(reward)], outputs: [pay(2, REWARD)] }, 0)
  add('UTX-2', 'two transactions that spend the same output', block(branch, [spend, again]))
  const young = chain[1]?.block.transactions[0] as Transaction
  add(
    'UTX-3',
    'a reward that is spent too early',
    block(branch, [transaction(AT, { inputs: [coin(young)], outputs: [pay(1, REWARD)] }, 0)]),
  )
  add(
    'UTX-4',
    'outputs and fee that add up to more than the inputs hold',
    block(branch, [transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD + 1)] }, 0)]),
  )
  add(
    'UTX-5',
    'a transfer signed by somebody else than the owner',
    block(branch, [transaction(AT, { inputs: [coin(reward)], outputs: [pay(1, REWARD)] }, 1)]),
  )
  const last = chain.length - 1
  const lastBranch = chain[last]?.branch
  const lastTime = chain[last]?.block.header.timestamp ?? 0
  const at = { timestamp: lastTime }
  add(
    'UTX-6',
    'a free record that is too old',
    block(
      lastBranch,
      [
        transaction(
          last,
          { payload: note(1), timestamp: settings.genesisTime - settings.maxTransactionAgeMs - 1 },
          6,
        ),
      ],
      at,
    ),
    last,
  )
  add(
    'UTX-7',
    'a free record of tomorrow',
    block(branch, [transaction(AT, { payload: note(1), timestamp: timeOf(AT) + 86_400_000 }, 6)]),
  )
  add('UTX-8', 'a reward of one unit too many', frame(branch, [coinbase(AT, 1)]))
  const free = chain[6]?.block.transactions[1] as Transaction
  add('UTX-9', 'a free record that stands in the chain already', block(chain[7]?.branch, [free]), 7)
  return cases
}

function note(payload: Json, tag = '') {
  return { kind: 'record' as const, txnType: 'note', tag, payload, invoker: key(6).address }
}

const readOf = (k: string) => ({ namespace: 'garden', key: k, version: null })
const writeOf = (k: string) => ({ namespace: 'garden', key: k, value: { text: '' } })
const resultOf = (k: string) => ({ key: k, version: { height: 0, index: 0 } })

function isBlock(wrong: Block | Json): wrong is Block {
  return typeof wrong === 'object' && wrong !== null && 'header' in wrong
}

/** A copy with the value at a path replaced, or removed where it is undefined. */
function edited(json: Json, path: Path, value: Json | undefined): Json {
  const copy = structuredClone(json)
  const parent = path
    .slice(0, -1)
    .reduce<Json>((at, step) => (at as Record<string, Json>)[step] as Json, copy)
  const last = path.at(-1) as string
  if (value === undefined) Reflect.deleteProperty(parent as object, last)
  else (parent as Record<string, Json>)[last] = value
  return copy
}

function reversed({ signatures }: Transaction): Json {
  return [...signatures].reverse().map(({ publicKey, signature }) => ({ public_key: publicKey, signature }))
}

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** S + L in the place of S: the same signature to a careless verifier. */
function malleated({ signatures }: Transaction): string {
  const signature = Buffer.from(signatures[0]?.signature ?? '', 'hex')
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + GROUP_ORDER
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
  return Buffer.concat([signature.subarray(0, 32), bytes]).toString('hex')
}

function nested(depth: number): Json {
  return depth === 0 ? 1 : [nested(depth - 1)]
}

/** At a height where the target has fallen, a block that claims the limit. */
function easier(chain: readonly ReferenceBlock[]): Block {
  const place = chain[19]
  const timestamp = place?.block.header.timestamp ?? 0
  return block(place?.branch, [], { bits: settings.powLimitBits, timestamp })
}
