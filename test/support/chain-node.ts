import { expect } from '@jest/globals'
import request from 'supertest'
import type { RunningNode } from '../../src/app/node.js'
import { type NodeApi, nodeApi } from '../../src/api/node-api.js'
import type { ErrorCode } from '../../src/api/errors.js'
import type { AnyMethod, ResultOf } from '../../src/api/method.js'
import { compile } from '../../src/api/validator.js'
import type { ClientChain } from '../../src/app/client-chain.js'
import type { Block } from '../../src/ledger/block.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { buildTransfer } from '../../src/wallet/build-transaction.js'
import { account, mine, TestClock } from './chain.js'
import { startClient } from './test-node.js'

/** Pace of the default network: blocks at it keep their difficulty. */
const BLOCK_TIME_MS = 300_000

/** A client with a chain, whose clock the test moves, and what a test does with it. */
export interface ChainNode {
  readonly node: RunningNode
  readonly chain: ClientChain
  readonly clock: TestClock
  readonly url: string
  /** Asks over REST; the answer fits the result schema of the method. */
  readonly get: <N extends keyof NodeApi>(name: N, path: string) => Promise<ResultOf<NodeApi[N]>>
  readonly post: <N extends keyof NodeApi>(
    name: N,
    path: string,
    body: object,
  ) => Promise<ResultOf<NodeApi[N]>>
  /** Blocks that pay an account, one block time apart. */
  readonly mine: (count: number, to?: number) => Promise<Block[]>
  /** A signed transfer of one coin of account 0, chosen by the height that created it. */
  readonly transfer: (coinHeight: number, to: number, amount: number, fee?: number) => Transaction
}

export async function startChainNode(args: readonly string[] = []): Promise<ChainNode> {
  const clock = new TestClock()
  const node = await startClient(undefined, args, { now: clock.now })
  const { chain } = node
  if (!chain) throw new Error('a client has a chain')
  const url = node.localUrl
  return {
    node,
    chain,
    clock,
    url,
    get: async (name, path) => checked(name, await request(url).get(path)) as never,
    post: async (name, path, body) => checked(name, await request(url).post(path).send(body)) as never,
    mine: async (count, to = 0) => {
      const blocks: Block[] = []
      for (let i = 0; i < count; i++) {
        clock.nowMs += BLOCK_TIME_MS - 1000
        blocks.push(await mine(chain, clock, account(to).address))
      }
      return blocks
    },
    transfer: (coinHeight, to, amount, fee = 1000) => transfer(chain, clock, { coinHeight, to, amount, fee }),
  }
}

function checked(name: keyof NodeApi, answer: request.Response): unknown {
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`)
  const method: AnyMethod = nodeApi[name]
  expect(compile(method.result)(answer.body)).toBeUndefined()
  return answer.body
}

/** Expects an error of the one shape. */
export async function expectError(
  call: request.Test,
  status: number,
  code: ErrorCode,
  details: object = {},
): Promise<void> {
  const answer = await call
  expect({ status: answer.status, body: answer.body as unknown }).toMatchObject({
    status,
    body: { error: { code, message: expect.any(String) as unknown, details } },
  })
}

function transfer(
  { blockchain }: ClientChain,
  clock: TestClock,
  payment: { coinHeight: number; to: number; amount: number; fee: number },
): Transaction {
  const { address, keys } = account(0)
  const coins = [...blockchain.index.coinsOf(address, undefined, 1000)]
    .filter(({ entry }) => entry.height === payment.coinHeight)
    .map(({ outpoint, entry }) => ({ ...outpoint, amount: entry.amount, address }))
  return buildTransfer(
    { chainId: blockchain.chain.id, timestamp: clock.nowMs },
    [{ address: account(payment.to).address, amount: payment.amount }],
    { coins, keys: [keys], changeAddress: address, fee: () => payment.fee, dustLimit: 0, maxInputs: 10 },
  )
}
