// Broadcasts a transaction over three connections to each peer, and says what becomes of it.
//   node examples/p2p/broadcast.js regtest 0100000001… 127.0.0.1:18444
import { networkNamed, PeerManager } from 'terrarium/p2p'

const [name = 'regtest', hex = '', ...peers] = process.argv.slice(2)
const manager = new PeerManager({
  network: networkNamed(name),
  peers,
  concurrency: 3,
  waitForPeers: 3 * peers.length,
  usePersistedPeers: false,
})
await manager.open()

// No transaction at all: refused here, before anything is sent.
const junk = await manager.broadcast(Buffer.from('raw transaction goes here'))
console.log(`junk: ${junk.rejected?.reason}`)

const { txid, rejected, relayingPeerIds } = await manager.broadcast(Buffer.from(hex, 'hex'))
if (rejected) console.log(`${txid} was refused: ${rejected.reason}`)
else console.log(`${txid} was passed on by ${relayingPeerIds.length} peers`)
await manager.close()
