import { expect, test } from '@jest/globals'
import { exampleBlock, exampleProof } from '../../src/api/examples/block.js'
import { verifyProof } from '../../src/api/index.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { fixedSettings } from '../../src/app/settings/derived.js'
import { unitsOf } from '../../src/ledger/amount-of-coins.js'
import { chainOf } from '../../src/ledger/chain.js'
import { checkBlock } from '../../src/ledger/check-block.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { blockSignatureChecks } from '../../src/ledger/signature-checks.js'
import { verifyHere } from '../support/chain.js'

test('the block of the examples is a real one of the default network, signature and work included', async () => {
  const { name, block_time: blockTime, block_reward: reward } = DEFAULTS.blockchain
  const chain = chainOf({ name, blockTime, blockReward: unitsOf(reward), ...fixedSettings() })
  const block = decodeBlock(exampleBlock as Parameters<typeof decodeBlock>[0])
  expect(block.transactions[0]?.chainId).toBe(chain.id)
  checkBlock(block, chain)
  await verifyHere(blockSignatureChecks(block))
})

test('the proof of the examples holds', () => {
  expect(verifyProof(exampleProof, exampleProof.transaction_id, exampleBlock.hash)).toBe(true)
})
