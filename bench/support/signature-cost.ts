import { generateKeyPairSync, verify } from 'node:crypto'
import { signMessage } from '../../src/contract/identity/signature-key.js'

const MESSAGE = Buffer.alloc(2_000, 1)
const TURNS = 500

/** What the signatures of one call through the gateway take of a processor, in ms. */
export function signatureCostMs(): number {
  const client = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const node = generateKeyPairSync('ed25519')
  const signature = signMessage(client.privateKey, MESSAGE)
  // The client's: of the proposal, of the transaction and of the question what became of it; the second is made while it is timed.
  const checked = costMs(() => verify('sha256', MESSAGE, client.publicKey, signature))
  const made = costMs(() => signMessage(client.privateKey, MESSAGE))
  // The node's: it endorses the call, and answers for its transaction.
  const endorsed = costMs(() => signMessage(node.privateKey, MESSAGE))
  return 3 * checked + made + 2 * endorsed
}

function costMs(work: () => unknown): number {
  const start = process.cpuUsage()
  for (let turn = 0; turn < TURNS; turn++) work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000 / TURNS
}
