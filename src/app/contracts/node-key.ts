import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonIn } from '../../base/json.js'
import { createFileAtomic } from '../../store/atomic-write.js'
import { hasCode } from '../../store/error-code.js'
import { jsonText } from '../../store/json-file.js'
import { KeyPair } from '../../wallet/keys.js'
import { NODE_KEY_FILE } from './file-names.js'

const SEED = /^[0-9a-f]{64}$/

/**
 * The key this node signs with: it endorses calls of contracts and answers for them. Made when it is first asked for; a file
 * that is there but not in order is never replaced, for the key may be the owner of contracts.
 * @throws {Error} one line for people
 */
export async function openNodeKey(folder: string): Promise<KeyPair> {
  const path = join(folder, NODE_KEY_FILE)
  const kept = await read(path)
  if (kept) return kept
  const seed = randomBytes(32)
  const keys = new KeyPair(seed)
  const content = { public_key: keys.publicKey, address: keys.address, seed: seed.toString('hex') }
  await createFileAtomic(path, jsonText(content), { mode: 0o600 })
  return keys
}

async function read(path: string): Promise<KeyPair | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const keys = keysIn(text)
  // The content is a secret: no error quotes it.
  if (!keys)
    throw new Error(`${path} is no key of a node; put the right file back, or move it away for a new key`)
  return keys
}

function keysIn(text: string): KeyPair | undefined {
  const json = jsonIn(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const { seed, public_key: publicKey } = json as { readonly seed?: unknown; readonly public_key?: unknown }
  if (typeof seed !== 'string' || !SEED.test(seed)) return undefined
  const keys = new KeyPair(Buffer.from(seed, 'hex'))
  return publicKey === keys.publicKey ? keys : undefined
}
