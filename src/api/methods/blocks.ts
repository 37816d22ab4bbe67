import { Type as T } from '@sinclair/typebox'
import type { Json } from '../../base/json.js'
import { decodeBlock } from '../../ledger/decode-block.js'
import { blockAt, headerAt } from '../block-at.js'
import { exampleBlock, exampleHeader } from '../examples/block.js'
import { ItemStream } from '../item-stream.js'
import { methods } from '../method.js'
import type { ChainPort } from '../ports/chain.js'
import { blockJson, BlockJson, BlockVerdictJson, headerJson, HeaderJson, TipJson } from '../schemas/block.js'
import { Bid, Height } from '../schemas/common.js'
import { LooseObject } from '../schemas/loose.js'
import { cursorNumber, DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'

const method = methods<{ chain: ChainPort }>()

const MAX_U32 = 0xffffffff

/** Most headers of one answer: about 800 KB. */
const MAX_HEADERS = 2000

const Range = T.Object(
  { from: T.Optional(Height), to: T.Optional(Height) },
  {
    additionalProperties: false,
    description: 'Both ends are included; absent: block 0, and the last block.',
  },
)

const reference = { hash: exampleHeader.hash, height: exampleHeader.height }

export const blocks = {
  'blocks.list': method({
    summary: 'Headers of the chain, the newest first, or upwards from a height',
    params: T.Object(
      {
        from: T.Optional(Height),
        order: T.Optional(T.Union([T.Literal('newest'), T.Literal('oldest')])),
        ...pageParams('^\\d{1,10}$'),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { blocks: T.Array(HeaderJson), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /blocks/',
    changesWith: ['chain.tip'],
    example: { params: { limit: 1 }, result: { blocks: [exampleHeader], next_cursor: '6' } },
    handle: ({ from, order, limit = DEFAULT_LIMIT, cursor }, { chain }) => {
      const isUp = (order ?? (from === undefined ? 'newest' : 'oldest')) === 'oldest'
      const end = chain.tip()?.height ?? -1
      const start = cursor === undefined ? (from ?? (isUp ? 0 : end)) : cursorNumber(cursor, MAX_U32)
      const { headers, next } = headersFrom(chain, isUp ? start : Math.min(start, end), isUp ? 1 : -1, limit)
      return { blocks: headers, next_cursor: next }
    },
  }),
  'blocks.submit': method({
    summary: 'Hand in a mined block',
    params: LooseObject,
    paramsShape: BlockJson,
    result: BlockVerdictJson,
    http: 'POST /blocks/',
    errors: ['RULE_BROKEN', 'BODY_TOO_LARGE'],
    example: {
      params: exampleBlock,
      result: { ...reference, verdict: 'connected', tip: reference },
    },
    handle: async (json, { chain }) => {
      const block = decodeBlock(json as Json)
      const verdict = await chain.submit(block)
      const tip = chain.tip()
      const { hash, height } = block.header
      return { hash, height, verdict, tip: tip ? { hash: tip.hash, height: tip.height } : null }
    },
  }),
  'blocks.tips': method({
    summary: 'Ends of all branches the node knows, the highest first',
    params: T.Object({}, { additionalProperties: false }),
    result: T.Array(TipJson),
    http: 'GET /blocks/tips/',
    changesWith: ['chain.tip', 'chain.side'],
    example: { params: {}, result: [{ ...reference, branch_length: 0, status: 'active' }] },
    handle: (_, { chain }) =>
      chain.tips().map(({ hash, height, branchLength, status }) => ({
        hash,
        height,
        branch_length: branchLength,
        status,
      })),
  }),
  'blocks.range': method({
    summary:
      'Many blocks in a row, sent as they are read; the list ends early where the chain changes meanwhile',
    params: Range,
    result: T.Array(BlockJson),
    streams: true,
    http: 'GET /blocks/range/',
    changesWith: ['chain.tip'],
    example: { params: { from: reference.height, to: reference.height }, result: [exampleBlock] },
    handle: ({ from = 0, to = MAX_U32 }, { chain }) => {
      const last = Math.min(to, chain.tip()?.height ?? -1)
      return new ItemStream(blocksAsJson(chain, from, last))
    },
  }),
  'blocks.get': method({
    summary: 'One block, as it stands in its file',
    params: T.Object({ bid: Bid }, { additionalProperties: false }),
    result: BlockJson,
    http: 'GET /blocks/{bid}/',
    errors: ['BLOCK_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: { params: { bid: reference.height }, result: exampleBlock },
    handle: async ({ bid }, { chain }) => blockJson(await blockAt(chain, bid)),
  }),
  'blocks.header': method({
    summary: 'The header of one block',
    params: T.Object({ bid: Bid }, { additionalProperties: false }),
    result: HeaderJson,
    http: 'GET /blocks/{bid}/header/',
    errors: ['BLOCK_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: { params: { bid: 'last' }, result: exampleHeader },
    handle: ({ bid }, { chain }) => headerJson(headerAt(chain, bid)),
  }),
  'headers.range': method({
    summary: 'Headers of the chain in a row, upwards from a height',
    params: T.Object(
      {
        from: T.Optional(Height),
        limit: T.Optional(T.Integer({ minimum: 1, maximum: MAX_HEADERS })),
        cursor: T.Optional(T.String({ pattern: '^\\d{1,10}$' })),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { headers: T.Array(HeaderJson), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /headers/',
    changesWith: ['chain.tip'],
    example: {
      params: { from: reference.height, limit: 1 },
      result: { headers: [exampleHeader], next_cursor: null },
    },
    handle: ({ from = 0, limit = MAX_HEADERS, cursor }, { chain }) => {
      const start = cursor === undefined ? from : cursorNumber(cursor, MAX_U32)
      const { headers, next } = headersFrom(chain, start, 1, limit)
      return { headers, next_cursor: next }
    },
  }),
}

/** The chain's headers from a height on, and the height at which the next page starts. */
function headersFrom(
  chain: Pick<ChainPort, 'activeHash' | 'entry'>,
  from: number,
  step: 1 | -1,
  limit: number,
): { readonly headers: HeaderJson[]; readonly next: string | null } {
  const headers: HeaderJson[] = []
  for (let height = from; height >= 0 && height <= MAX_U32; height += step) {
    const hash = chain.activeHash(height)
    const header = hash === undefined ? undefined : chain.entry(hash)?.header
    if (!header) break
    if (headers.length === limit) return { headers, next: String(height) }
    headers.push(headerJson(header))
  }
  return { headers, next: null }
}

async function* blocksAsJson(
  chain: Pick<ChainPort, 'blocks'>,
  from: number,
  to: number,
): AsyncGenerator<BlockJson> {
  for await (const block of chain.blocks(from, to)) yield blockJson(block)
}
