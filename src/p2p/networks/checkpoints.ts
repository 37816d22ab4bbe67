import { fromDisplay } from '../hash.js'
import type { Checkpoint } from './network.js'

/** From heights and the digits of the hash after its leading zeros. */
export function checkpointsOf(digits: Readonly<Record<number, string>>): Checkpoint[] {
  return Object.entries(digits).map(([height, hash]) => ({
    height: Number(height),
    hash: fromDisplay(hash.padStart(64, '0')),
  }))
}

/** Blocks of the years before the main networks parted. */
export const SHARED_MAINNET_CHECKPOINTS = {
  11111: '69e244f73d78e8fd29ba2fd2ed618bd6fa2ee92559f542fdb26e7c1d',
  33333: '2dd5588a74784eaa7ab0507a18ad16a236e7b1ce69f00d7ddfb5d0a6',
  105000: '0291ce28027faea320c8d2b054b2e0fe44a773f3eefb151d6bdc97',
  210000: '048b95347e83192f69cf0366076336c639f9b7228e9ba171342e',
  295000: '4d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983',
} as const

/** The same for the test networks. */
export const SHARED_TESTNET_CHECKPOINTS = {
  546: '2a936ca763904c3c35fce2f3556c559c0214345d31b1bcebf76acb70',
} as const
