// Downloads all blocks of a network from all peers at a time, and goes on where it ended: done.<network> says what is done.
//   node examples/p2p/blocks.js regtest 127.0.0.1:18444 127.0.0.1:18445
import {
  blocksOf,
  DoneFile,
  downloadBlocks,
  HeadersStore,
  networkNamed,
  PeerManager,
  syncHeaders,
} from 'terrarium/p2p'

const [name = 'regtest', ...peers] = process.argv.slice(2)
const network = networkNamed(name)
const store = await HeadersStore.open({ network, directory: '.' })
const done = await DoneFile.open(`done.${network.name}`)
const manager = new PeerManager({ network, peers, concurrency: 2, relay: false })
await manager.open()
await syncHeaders(manager, store)

await downloadBlocks(manager, {
  items: blocksOf(store, 1),
  doneStore: done,
  // Blocks of 32 MiB and more come in parts, cut between transactions: index them here.
  onPart: ({ bytes }) => console.log(`${bytes.length} bytes of a large block`),
  onBlock: (block, { height }) =>
    console.log(`block ${height}: ${block.txCount} transactions, ${block.size} bytes`),
})
console.log(`${done.size} blocks are done`)
await manager.close()
await done.close()
await store.close()
