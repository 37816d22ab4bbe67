import { join } from 'node:path'
import { sha256d, toDisplay, type Hash } from '../../../src/p2p/hash.js'
import { HeadersStore } from '../../../src/p2p/headers/headers-store.js'
import type { HeadersStoreOptions } from '../../../src/p2p/headers/store-options.js'
import { bsv } from '../../../src/p2p/networks/bsv.js'
import type { TestChain } from '../kit/test-chain.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'

export const regtest = bsv.regtest

/** A store in a folder of its own, closed after the test. */
export async function openStore(options: Partial<HeadersStoreOptions> = {}): Promise<HeadersStore> {
  const place =
    options.path === undefined && options.directory === undefined
      ? { path: join(await temporaryFolder(), 'headers') }
      : {}
  const store = await HeadersStore.open({ network: regtest, ...place, ...options })
  afterThisTest(() => store.close())
  return store
}

/** Headers of a chain from one height to another, side by side. */
export function raw(chain: TestChain, first: number, last = chain.height): Uint8Array {
  const headers = Array.from({ length: last - first + 1 }, (_, i) => chain.header(first + i))
  return Buffer.concat(headers)
}

/** As the payload of a `headers` message. */
export function payload(headers: Uint8Array): Uint8Array {
  const count = headers.length / 80
  const size = count < 0xfd ? [count] : [0xfd, count & 0xff, count >> 8]
  const bytes = new Uint8Array(size.length + 81 * count)
  bytes.set(size)
  for (let i = 0; i < count; i++) bytes.set(headers.subarray(80 * i, 80 * i + 80), size.length + 81 * i)
  return bytes
}

export const display = (hashes: readonly Hash[]): string[] => hashes.map(toDisplay)

/** Display hashes of a chain from one height to another. */
export function ids(chain: TestChain, first: number, last = chain.height): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => toDisplay(chain.hash(first + i)))
}

/** A header changed in place, and mined again at the bits it has. */
export function remine(header: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = header.slice()
  const view = new DataView(copy.buffer)
  change(view)
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true)
    if ((sha256d(copy)[31] ?? 0) < 0x7f) return copy
  }
}
