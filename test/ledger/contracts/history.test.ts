import { expect, test } from '@jest/globals'
import { invocationsOf, validInvocationsOf } from '../../../src/ledger/contracts/block-invocations.js'
import { historyOf } from '../../../src/ledger/contracts/history.js'
import type { KeyWrite } from '../../../src/ledger/payload/key-access.js'
import { blockOf, callOf, hashText, recordOf, START } from '../make-chain.js'
import { chain, metadataOf, write } from './make-contracts.js'

const call = (name: string, timestamp: number, ...writes: readonly KeyWrite[]) =>
  callOf(chain, 'a', name, { writes }, timestamp)

const block = blockOf(chain, undefined, {
  transactions: [
    call(
      'one',
      START + 1,
      write('c', 'k', '1'),
      metadataOf('c', 'k', { a: '00' }),
      write('c/private/p', 'x', 'y'),
    ),
    recordOf(chain, 'a', 'no call'),
    call('two', START + 2, write('c', 'k', '2')),
    call(
      'three',
      START + 3,
      write('_lifecycle', 'definitions/c', '{}'),
      write('c', 'k', null),
      write('d', 'k', '3'),
    ),
  ],
})
const codes = [0, 0, 0, 11, 0] as const
const codeOf = (_id: string, index: number) => codes[index] ?? 255

test('CON-28: the history of public keys is what valid calls wrote, deletions included', () => {
  expect([...historyOf(block, codeOf)]).toEqual([
    entry('c', 1, 'one', 1, { text: '1' }),
    entry('c', 4, 'three', 3, null),
    entry('d', 4, 'three', 3, { text: '3' }),
  ])
})

function entry(namespace: string, index: number, name: string, ms: number, value: KeyWrite['value']) {
  const version = { height: 0, index }
  return { namespace, key: 'k', version, callId: hashText(name), timestampMs: START + ms, value }
}

test('a block lists its calls in order, with what became of them', () => {
  expect([...invocationsOf(block, codeOf)].map(({ index, code }) => [index, code])).toEqual([
    [1, 0],
    [3, 11],
    [4, 0],
  ])
  const valid = [...validInvocationsOf(block, codeOf)]
  expect(valid.map(({ call: { callId }, transaction }) => [callId, transaction.timestamp])).toEqual([
    [hashText('one'), START + 1],
    [hashText('three'), START + 3],
  ])
})
