import { createHmac } from 'node:crypto'
import { WalletError } from './wallet-error.js'

/** A key of the tree with what its children derive from. Both are secret, 32 bytes each. */
export interface ExtendedKey {
  readonly key: Uint8Array
  readonly chainCode: Uint8Array
}

const MASTER_HMAC_KEY = 'ed25519 seed'
const HARDENED = 0x80000000

/** Number of indexes a level of the tree has. */
export const MAX_INDEXES = HARDENED

/**
 * Where the keys of account number `account` are: BIP-44 with every level hardened, since Ed25519 has no other.
 * The coin type is 1, registered for the test networks of every coin: the chains made with this program are such, and
 * no number of a coin with a price can clash. Chains need no numbers of their own: a signature binds the chain's id.
 */
export function accountPath(account: number): string {
  return `m/44'/1'/${account}'/0'/0'`
}

/**
 * The key at `path`, such as m/44'/1'/0'/0'/0', by SLIP-0010 for Ed25519; `seed` has 16 to 64 bytes.
 * @throws {WalletError} `derivation_path` when the path is malformed or a level is not hardened.
 */
export function deriveKey(seed: Uint8Array, path: string): ExtendedKey {
  let node = split(createHmac('sha512', MASTER_HMAC_KEY).update(seed).digest())
  for (const index of parsePath(path)) node = childOf(node, index)
  return node
}

function childOf(parent: ExtendedKey, index: number): ExtendedKey {
  const data = Buffer.alloc(1 + 32 + 4)
  data.set(parent.key, 1)
  data.writeUInt32BE(index + HARDENED, 33)
  return split(createHmac('sha512', parent.chainCode).update(data).digest())
}

function split(hash: Buffer): ExtendedKey {
  return { key: hash.subarray(0, 32), chainCode: hash.subarray(32) }
}

function parsePath(path: string): number[] {
  const [root, ...levels] = path.split('/')
  if (root !== 'm') throw new WalletError('derivation_path', `a derivation path starts with m: ${path}`)
  return levels.map((level) => parseLevel(level, path))
}

function parseLevel(level: string, path: string): number {
  const [, digits] = /^(0|[1-9]\d{0,9})'$/.exec(level) ?? []
  const index = Number(digits)
  if (digits !== undefined && index < MAX_INDEXES) return index
  throw new WalletError(
    'derivation_path',
    `every level of a path is a number below 2^31 and hardened, such as 0': ${path}`,
  )
}
