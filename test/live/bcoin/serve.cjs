'use strict'

/**
 * A bcoin regtest node that does what it is told over IPC: requests are `{ id, method, params }`, answers `{ id, result }` or
 * `{ id, error }`. Arguments: the P2P port, the HTTP port, and the magic as eight hex digits of a little-endian number.
 */
const [port, httpPort, magic] = process.argv.slice(2)

// Before anything else of bcoin is loaded, which copies it.
require('bcoin/lib/protocol/networks').regtest.magic = parseInt(magic, 16)

const { FullNode, KeyRing, MTX, Coin, TX } = require('bcoin')

const node = new FullNode({
  network: 'regtest',
  memory: true,
  workers: false,
  listen: true,
  host: '127.0.0.1',
  port: Number(port),
  httpPort: Number(httpPort),
  noAuth: true,
  logLevel: 'none',
  bip37: true,
  discover: false,
  // Keeps it from looking up seeds.
  only: ['127.0.0.1:1'],
})
const key = KeyRing.generate()

/**
 * Mines `count` blocks after the block at `height`, or after the tip. A branch leaves the mempool out: bcoin would put the
 * same transactions into each of its blocks.
 */
async function mine({ count, height }) {
  let parent = height === undefined ? undefined : await node.chain.getEntryByHeight(height)
  for (let done = 0; done < count; done++) {
    const job = await node.miner.cpu.createJob(parent)
    if (height !== undefined) {
      Object.assign(job.attempt, { items: [], fees: 0 })
      job.refresh()
    }
    const block = await job.mineAsync()
    await node.chain.add(block)
    parent = await node.chain.getEntryByHash(block.hash('hex'))
  }
  return tip()
}

function tip() {
  return { height: node.chain.tip.height, hash: node.chain.tip.rhash() }
}

/** A transaction that pays the coinbase of a height (100 deep or more) back to the miner, not sent to anybody. */
async function spend({ height, fee }) {
  const block = await node.chain.getBlock(height)
  const mtx = new MTX()
  const coin = Coin.fromTX(block.txs[0], 0, height)
  mtx.addCoin(coin)
  mtx.addOutput(key.getAddress(), coin.value - fee)
  mtx.sign(key)
  return { raw: mtx.toRaw().toString('hex'), txid: mtx.txid() }
}

const methods = {
  tip,
  mine,
  spend,
  async hashes({ from, to }) {
    const entries = []
    for (let height = from; height <= to; height++) entries.push(await node.chain.getEntryByHeight(height))
    return entries.map((entry) => entry.rhash())
  },
  async block({ height }) {
    return (await node.chain.getBlock(height)).toRaw().toString('hex')
  },
  async submit({ raw }) {
    await node.sendTX(TX.fromRaw(raw, 'hex'))
    return node.mempool.getSize()
  },
  mempool: () => node.mempool.getSnapshot().map((hash) => Buffer.from(hash, 'hex').reverse().toString('hex')),
  peers: () => node.pool.peers.size(),
}

process.on('message', async ({ id, method, params }) => {
  try {
    process.send({ id, result: await methods[method](params ?? {}) })
  } catch (error) {
    process.send({ id, error: String(error.stack ?? error) })
  }
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0))

void (async () => {
  await node.open()
  await node.connect()
  node.miner.addAddress(key.getAddress())
  process.send({ id: 0, result: tip() })
})()
