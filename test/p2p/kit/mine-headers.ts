import { sha256d } from '../../../src/p2p/hash.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import { coinbaseTx } from './coinbase.js'

/** A header, its hash and what the block holds. */
export interface MinedHeader {
  /** 80 bytes. */
  readonly header: Uint8Array
  /** 32 bytes in internal order. */
  readonly hash: Uint8Array
}

export interface MiningOptions {
  /** Sets branches apart; also the salt of the coinbases. */
  readonly salt?: number
  /** Time from one header to the next; 60. */
  readonly secondsApart?: number
  /** Time of the first header, in seconds since 1970; that of its parent and secondsApart where absent. */
  readonly firstTime?: number
  /** Root of the transactions of a height; the block holds a coinbase alone where there is none. */
  readonly merkleRoot?: (height: number) => Uint8Array | undefined
}

const BLOCK_VERSION = 0x2000_0000

/**
 * `count` headers after `parent` (at `parentHeight`), of a network as easy as regtest. The same arguments give the same
 * headers. About 60,000 a second.
 */
export function mineHeaders(
  network: Network,
  parent: MinedHeader,
  parentHeight: number,
  count: number,
  options: MiningOptions = {},
): MinedHeader[] {
  const { salt = 0, secondsApart = 60, merkleRoot } = options
  const mined: MinedHeader[] = []
  let time = options.firstTime ?? timeOf(parent.header) + secondsApart
  for (let height = parentHeight + 1; height <= parentHeight + count; height++, time += secondsApart) {
    const root = merkleRoot?.(height) ?? sha256d(coinbaseTx(height, salt))
    parent = mineHeader(network, parent.hash, root, time)
    mined.push(parent)
  }
  return mined
}

/** The first header of a network. */
export function genesisOf(network: Network): MinedHeader {
  return { header: network.genesis, hash: sha256d(network.genesis) }
}

function mineHeader(
  network: Network,
  previous: Uint8Array,
  merkleRoot: Uint8Array,
  time: number,
): MinedHeader {
  const header = new Uint8Array(80)
  const view = new DataView(header.buffer)
  view.setUint32(0, BLOCK_VERSION, true)
  header.set(previous, 4)
  header.set(merkleRoot, 36)
  view.setUint32(68, time, true)
  view.setUint32(72, network.rules.powLimitBits, true)
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true)
    const hash = sha256d(header)
    // Regtest allows up to 7fffff00…, so that a lower first byte (the last one in internal order) always does.
    if ((hash[31] ?? 0) < 0x7f) return { header, hash }
  }
}

function timeOf(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(68, true)
}
