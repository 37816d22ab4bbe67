import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../src/base/canonical-json.js'
import { type Json, parseJson } from '../../src/base/json.js'
import { blockBytes, checkBlock } from '../../src/ledger/check-block.js'
import { checkTransaction } from '../../src/ledger/check-transaction.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { decodeHeader, decodeHeaderJson } from '../../src/ledger/decode-header.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { encodeBlock } from '../../src/ledger/encode-block.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { encodeHeader, HEADER_BYTES } from '../../src/ledger/header.js'
import { signatureChecks, verifySignatures } from '../../src/ledger/signature-checks.js'
import { anyTransaction, pathsIn } from './arbitraries.js'
import { chain, changed, ruleBrokenBy, type TransactionVector, vectors, verifyEd25519 } from './fixtures.js'

const { transactions } = vectors('transactions') as { transactions: TransactionVector[] }
const { blocks } = vectors('blocks') as { blocks: { block: Json }[] }
const block = blocks[1]?.block as Json

test('a transaction is read as it was written, with the same id and size', () => {
  fc.assert(
    fc.property(anyTransaction, (transaction) => {
      const text = canonicalJson(encodeTransaction(transaction))
      const read = decodeTransaction(parseJson(text))
      expect(read).toEqual(transaction)
      expect(Buffer.byteLength(text)).toBe(transaction.bytes)
      expect(canonicalJson(encodeTransaction(read))).toBe(text)
    }),
  )
})

test('two transactions have the same id only if all but their signatures is the same', () => {
  fc.assert(
    fc.property(anyTransaction, anyTransaction, (a, b) => {
      const content = (each: typeof a) => canonicalJson({ ...encodeTransaction(each), signatures: [] })
      expect(a.id === b.id).toBe(content(a) === content(b))
    }),
  )
})

const vectorJson = fc.constantFrom(...transactions.map((each) => each.transaction as Json))
const nearby: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    0,
    -0,
    1,
    2,
    -1,
    0.5,
    2 ** 32,
    2 ** 53,
    1e300,
    '',
    '00',
    '\ud800',
    null,
    true,
    [],
    {},
  ),
)

test('any value of a transaction that is changed changes its id, its signatures, or is refused', () => {
  fc.assert(
    fc.property(vectorJson, fc.nat(), nearby, (json, at, value) => {
      const paths = pathsIn(json)
      const path = paths[at % paths.length] as string[]
      const other = changed(json, path, value)
      fc.pre(JSON.stringify(other) !== JSON.stringify(json))
      const rule = ruleBrokenBy(() => {
        const [before, after] = [decodeTransaction(json), decodeTransaction(other)]
        const whatCounts = (each: typeof after) => [each.id, each.signatures]
        expect(whatCounts(after)).not.toEqual(whatCounts(before))
        checkTransaction(after, chain)
        verifySignatures(signatureChecks(after), verifyEd25519)
        // Only what nobody signs may be changed: a coinbase.
        expect(after.payload?.kind).toBe('coinbase')
      })
      expect(rule ?? 'TX-0').toMatch(/^(TX|PAY)-\d+$/)
    }),
    { numRuns: 1000 },
  )
})

test('decoders break rules on arbitrary JSON, and never throw anything else', () => {
  const decoders = [decodeTransaction, decodeHeaderJson, decodeBlock]
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      for (const decode of decoders) expect(ruleBrokenBy(() => decode(json as Json))).toBeDefined()
    }),
  )
})

test('a block with any value changed is read and checked without any error but that of a rule', () => {
  const paths = pathsIn(block)
  fc.assert(
    fc.property(fc.nat(), fc.oneof(nearby, fc.constant(undefined)), (at, value) => {
      const other = changed(block, paths[at % paths.length] as string[], value)
      ruleBrokenBy(() => {
        const decoded = decodeBlock(other)
        expect(blockBytes(decoded)).toBe(Buffer.byteLength(canonicalJson(encodeBlock(decoded))))
        checkBlock(decoded, chain)
      })
    }),
    { numRuns: 1000 },
  )
})

test('a header is read from 96 arbitrary bytes or breaks a rule, and encodes to the same bytes', () => {
  const [genesis] = blocks.map((each) => Buffer.from(encodeHeader(decodeBlock(each.block).header)))
  fc.assert(
    fc.property(fc.nat(HEADER_BYTES - 1), fc.nat(255), (at, byte) => {
      const bytes = new Uint8Array(genesis as Buffer)
      bytes[at] = byte
      ruleBrokenBy(() => expect(encodeHeader(decodeHeader(bytes))).toEqual(bytes))
    }),
  )
})
