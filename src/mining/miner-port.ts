import { bytesToHex } from '@noble/hashes/utils.js'
import { fail } from '../api/errors.js'
import type { MiningPort } from '../api/methods/mining.js'
import type { MiningStatus } from '../api/schemas/mining.js'
import { assert } from '../base/errors.js'
import type { Blockchain } from '../chain/blockchain.js'
import { compactToTarget } from '../ledger/difficulty.js'
import { encodeHeader, NONCE_OFFSET } from '../ledger/header.js'
import { nextBits } from '../ledger/retarget.js'
import type { Miner } from './miner.js'
import { TemplateEncoder } from './template-encoder.js'

/** The miner as strangers reach it. */
export function minerPort(miner: Miner, blockchain: Blockchain): MiningPort {
  const encoder = new TemplateEncoder()
  const status = (): MiningStatus => statusOf(miner, blockchain)
  const addressOr = (given: string | undefined): string =>
    given ??
    miner.settings.rewardAddress ??
    fail('INVALID_PARAMS', 'lacks reward_address, and the node has none of its own')
  return {
    status,
    async change({ mode, reward_address, interval }) {
      const { rewardAddress, intervalMs } = miner.settings
      await miner.change({
        mode,
        rewardAddress: mode === 'off' ? (reward_address ?? rewardAddress) : addressOr(reward_address),
        intervalMs: interval === undefined ? intervalMs : interval * 1000,
      })
      return status()
    },
    async mineNow({ count = 1, reward_address }) {
      const blocks = await miner.mineNow(count, addressOr(reward_address))
      return { hashes: blocks.map(({ header }) => header.hash) }
    },
    async template({ reward_address }) {
      const block = await miner.template(addressOr(reward_address))
      return {
        block: await encoder.encode(block),
        header_hex: bytesToHex(encodeHeader(block.header)),
        nonce_offset: NONCE_OFFSET,
        target: hex(targetOf(block.header.bits)),
      }
    },
  }
}

function statusOf(miner: Miner, blockchain: Blockchain): MiningStatus {
  const { chain } = blockchain
  const { mode, rewardAddress } = miner.settings
  const target = targetOf(nextBits(chain, blockchain.branch()))
  return {
    mode,
    reward_address: rewardAddress ?? null,
    interval: miner.intervalMs / 1000,
    threads: miner.finder.threads,
    hashes_per_second: miner.finder.hashesPerSecond(),
    blocks_mined: miner.blocksMined,
    target: hex(target),
    difficulty: Number((1000n * chain.powLimit) / target) / 1000,
  }
}

function targetOf(bits: number): bigint {
  const target = compactToTarget(bits)
  assert(target !== undefined, 'the next bits are canonical')
  return target
}

function hex(target: bigint): string {
  return target.toString(16).padStart(64, '0')
}
