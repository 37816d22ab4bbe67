import { Type as T } from '@sinclair/typebox'
import { fail } from '../errors.js'
import { exampleAddress, exampleHeader, exampleTransfer } from '../examples/block.js'
import { methods } from '../method.js'
import type { ChainPort } from '../ports/chain.js'
import { Address, Amount, BlockReference, Hash } from '../schemas/common.js'

/** Gives away coins of the development accounts. */
export interface FaucetPort {
  /** Pays `amount` units, or the usual gift. @throws {ApiError} NO_COINS */
  pay(address: string, amount: number | undefined): Promise<{ readonly id: string; readonly amount: number }>
}

/** Puts blocks aside by hand. */
export interface ChainControlPort {
  /** Of a block the node knows. */
  invalidate(hash: string): Promise<void>
  reconsider(hash: string): Promise<void>
}

const method = methods<{
  chain: Pick<ChainPort, 'tip' | 'entry'>
  faucet: FaucetPort
  chainControl: ChainControlPort
}>()

const OneBlock = T.Object({ hash: Hash }, { additionalProperties: false })
const NewTip = T.Object({ tip: T.Union([BlockReference, T.Null()]) }, { additionalProperties: false })

/** What only a node in profile dev offers. */
export const development = {
  'faucet.pay': method({
    summary: 'Pay an address from the first development account (profile dev only)',
    params: T.Object(
      {
        address: Address,
        amount: T.Optional(
          T.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'In units of 10^-8 coin.' }),
        ),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { id: Hash, address: Address, amount: Amount },
      { additionalProperties: false, description: 'The transaction that pays; it waits for a block.' },
    ),
    http: 'POST /faucet/',
    scope: 'admin',
    errors: ['NO_COINS', 'RULE_BROKEN'],
    example: {
      params: { address: exampleAddress, amount: 149_999_000 },
      result: { id: exampleTransfer.id, address: exampleAddress, amount: 149_999_000 },
    },
    handle: async ({ address, amount }, { faucet }) => ({ address, ...(await faucet.pay(address, amount)) }),
  }),
  'chain.invalidate': method({
    summary: 'Put a block and all that follow it aside, and take the best other branch (profile dev only)',
    params: OneBlock,
    result: NewTip,
    http: 'POST /chain/invalidate/',
    scope: 'admin',
    errors: ['BLOCK_NOT_FOUND'],
    example: {
      params: { hash: exampleHeader.hash },
      result: { tip: { hash: exampleHeader.previous_hash, height: exampleHeader.height - 1 } },
    },
    handle: async ({ hash }, { chain, chainControl }) => {
      requireKnown(chain, hash)
      await chainControl.invalidate(hash)
      return { tip: tipOf(chain) }
    },
  }),
  'chain.reconsider': method({
    summary: 'Give a block that was put aside another chance (profile dev only)',
    params: OneBlock,
    result: NewTip,
    http: 'POST /chain/reconsider/',
    scope: 'admin',
    errors: ['BLOCK_NOT_FOUND'],
    example: {
      params: { hash: exampleHeader.hash },
      result: { tip: { hash: exampleHeader.hash, height: exampleHeader.height } },
    },
    handle: async ({ hash }, { chain, chainControl }) => {
      requireKnown(chain, hash)
      await chainControl.reconsider(hash)
      return { tip: tipOf(chain) }
    },
  }),
}

function requireKnown(chain: Pick<ChainPort, 'entry'>, hash: string): void {
  if (!chain.entry(hash)) fail('BLOCK_NOT_FOUND', 'the node knows no block with this hash', { hash })
}

function tipOf(chain: Pick<ChainPort, 'tip'>): BlockReference | null {
  const tip = chain.tip()
  return tip ? { hash: tip.hash, height: tip.height } : null
}
