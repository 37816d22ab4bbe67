// Talks to a peer by messages alone: handlers of our own, nothing done behind our back but the handshake and pongs.
//   node examples/p2p/spv.js regtest 127.0.0.1:18444
import {
  Handlers,
  headerAt,
  invTypeName,
  networkNamed,
  PeerManager,
  sha256d,
  toDisplay,
  ZERO_HASH,
} from 'terrarium/p2p'

class SpvHandlers extends Handlers {
  onHeaders(headers, peer) {
    for (let i = 0; i < headers.count; i++)
      console.log(`peer ${peer.id} has block ${toDisplay(sha256d(headerAt(headers, i)))}`)
  }

  onInv(items, peer) {
    for (const { type, hash } of items)
      console.log(`peer ${peer.id} announces ${invTypeName(type, network.family)} ${toDisplay(hash)}`)
  }

  onReject({ message, reason }, peer) {
    console.log(`peer ${peer.id} refuses a ${message}: ${reason}`)
  }
}

const [name = 'regtest', ...peers] = process.argv.slice(2)
const network = networkNamed(name)
const manager = new PeerManager({
  network,
  peers,
  mode: 'low',
  handlers: new SpvHandlers(),
  usePersistedPeers: false,
})
process.once('SIGINT', () => void manager.close())
await manager.open()

const peer = await manager.nextPeer()
const genesis = sha256d(network.genesis)
await peer.send('getheaders', { version: 70016, hashes: [genesis], stop: ZERO_HASH })
