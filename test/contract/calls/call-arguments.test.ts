import { describe, expect, test } from '@jest/globals'
import { CallArguments } from '../../../src/contract/calls/call-arguments.js'
import {
  findFunction,
  readMetadata,
  type ContractMetadata,
} from '../../../src/contract/calls/contract-metadata.js'

const asset = {
  $id: 'Asset',
  type: 'object',
  properties: { id: { type: 'string' }, owner: { $ref: 'Person' }, price: { type: 'number' } },
  required: ['id'],
}
const person = { $id: 'Person', type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }

function parameter(schema: object): ContractMetadata {
  const found = readMetadata({
    contracts: {
      Assets: {
        name: 'Assets',
        contractInstance: { name: 'Assets', default: true },
        transactions: [
          { name: 'take', parameters: [{ name: 'it', schema }] },
          { name: 'whatever' },
          { name: 'nothing', parameters: [] },
        ],
      },
      'org.hyperledger.fabric': { name: 'org.hyperledger.fabric', transactions: [{ name: 'GetMetadata' }] },
    },
    components: { schemas: { Asset: asset, Person: person } },
  })
  if (!found) throw new Error('these are metadata')
  return found
}

const encode = (metadata: ContractMetadata | undefined, args: readonly unknown[], name = 'take'): string[] =>
  new CallArguments().encode(name, args, metadata).map((bytes) => Buffer.from(bytes).toString())

describe('an argument', () => {
  test.each([
    ['a text as it is', { type: 'string' }, 'text', 'text'],
    ['a number as text', { type: 'number' }, 7.5, '7.5'],
    ['a number that is text already', { type: 'number' }, '0x10', '0x10'],
    ['a number where text is wanted', { type: 'string' }, 5, '5'],
    ['true', { type: 'boolean' }, true, 'true'],
    ['TRUE as text', { type: 'boolean' }, ' TRUE ', ' TRUE '],
    [
      'an object as JSON',
      { $ref: '#/components/schemas/Asset' },
      { id: 'a', owner: { name: 'Ann' } },
      '{"id":"a","owner":{"name":"Ann"}}',
    ],
    ['an object that is text already', { $ref: '#/components/schemas/Asset' }, '{"id":"a"}', '{"id":"a"}'],
    ['a list', { type: 'array', items: { type: 'number' } }, [1, 2], '[1,2]'],
  ])('is sent: %s', (_, schema, given, sent) => {
    expect(encode(parameter(schema), [given])).toEqual([sent])
  })

  test.each([
    ['no number', { type: 'number' }, 'seven', /argument 1 of take \(it\) must be number/],
    ['an empty number', { type: 'number' }, '', /must be number/],
    ['no boolean', { type: 'boolean' }, 'yes', /must be boolean/],
    [
      'an object without what is required',
      { $ref: '#/components/schemas/Asset' },
      {},
      /must have required property 'id'/,
    ],
    [
      'a part of an object of another type',
      { $ref: '#/components/schemas/Asset' },
      { id: 'a', owner: { name: 1 } },
      /owner\.name must be string/,
    ],
    ['no JSON', { $ref: '#/components/schemas/Asset' }, '{', /must be object/],
    ['an item of another type', { type: 'array', items: { type: 'number' } }, ['a'], /0 must be number/],
  ])('is refused before the contract runs: %s', (_, schema, given, message) => {
    expect(() => encode(parameter(schema), [given])).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS', message: expect.stringMatching(message) as unknown }),
    )
  })

  test('too few or too many are refused with the names of those there are', () => {
    expect(() => encode(parameter({ type: 'string' }), [])).toThrow('take takes 1 argument (it), not 0')
    expect(() => encode(parameter({ type: 'string' }), ['x'], 'nothing')).toThrow(
      'nothing takes no arguments, not 1',
    )
  })

  test('is not judged where the contract says nothing of it', () => {
    expect(encode(undefined, ['a', 1, { b: [] }])).toEqual(['a', '1', '{"b":[]}'])
    expect(encode(parameter({ type: 'number' }), ['a', 'b'], 'whatever')).toEqual(['a', 'b'])
    expect(encode(parameter({ type: 'number' }), ['a'], 'unlisted')).toEqual(['a'])
  })

  test('is not judged by a schema that is none', () => {
    expect(encode(parameter({ $ref: '#/components/schemas/Missing' }), ['a'])).toEqual(['a'])
  })
})

describe('the function that is meant', () => {
  const metadata = parameter({ type: 'string' })
  test.each([
    ['take', 'take'],
    ['Assets:take', 'take'],
    [':take', 'take'],
    ['Others:take', undefined],
    ['org.hyperledger.fabric:GetMetadata', 'GetMetadata'],
    ['GetMetadata', undefined],
  ])('%s', (called, found) => {
    expect(findFunction(metadata, called)?.name).toBe(found)
  })
})

test.each([
  [null],
  ['text'],
  [{}],
  [{ contracts: [] }],
  [{ contracts: { A: { transactions: [{ parameters: [] }] } } }],
])('metadata of another shape are of no use: %j', (json) => {
  expect(readMetadata(json)).toBeUndefined()
})
