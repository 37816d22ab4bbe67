import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../base/canonical-json.js'
import { type ConsensusSettings, settingsToJson } from './settings.js'
import { sha256 } from './sha256.js'

/** 64 hex digits that name a chain: SHA-256 over the canonical JSON of its consensus settings. Also block 0's previous hash. */
export function chainId(settings: ConsensusSettings): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(settingsToJson(settings)))))
}
