// Keeps all headers of a network, and says when the tip moves; the files are headers.<network> and peers.<network>.json.
//   node examples/p2p/headers.js regtest 127.0.0.1:18444
import { followTip, HeadersStore, networkNamed, PeerManager, syncHeaders } from 'terrarium/p2p'

const [name = 'regtest', ...peers] = process.argv.slice(2)
const network = networkNamed(name)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

const store = await HeadersStore.open({ network, directory: '.' })
// Without transactions that wait for a block: relay false.
const manager = new PeerManager({ network, peers, relay: false, startHeight: store.height })
await manager.open()

await syncHeaders(manager, store, { onProgress: ({ tipAfter }) => console.log(`height ${tipAfter.height}`) })
console.log(`up to date: ${store.height} ${store.tip.id}`)

for await (const { tip, reorg } of followTip(manager, store, { signal: stop.signal })) {
  if (reorg)
    console.log(`reorg: ${reorg.disconnected.length} blocks off, common height ${reorg.commonHeight}`)
  console.log(`new tip: ${tip.height} ${tip.id}`)
}
await manager.close()
await store.close()
