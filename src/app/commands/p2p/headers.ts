import { syncHeaders } from '../../../p2p/index.js'
import { progress } from '../../progress.js'
import type { Command } from '../command.js'
import { p2pCommandLine, type Session, withSession } from './session.js'

/** Fetches all headers there are and keeps them. */
export const headers: Command = {
  name: 'headers',
  describe: 'fetch and check all headers of a network, and keep them',
  run: (args) => {
    const parser = p2pCommandLine(
      'headers',
      '--network <name> [options]',
      'Fetches the headers of a network, checks every rule of theirs, and keeps them in headers.<network>.',
    )
      .example('$0 -n btc-testnet4', 'from peers that the seeds of the network name')
      .example('$0 -n regtest -p 127.0.0.1:18444', 'from a node on this machine')
    return withSession(parser, args, async (session) => {
      const startMs = performance.now()
      const added = await fetchHeaders(session)
      const { tip } = await session.store()
      const seconds = (performance.now() - startMs) / 1000
      const { network, isJson } = session
      const result = { network: network.name, height: tip.height, hash: tip.id, added, seconds }
      process.stdout.write(
        isJson
          ? `${JSON.stringify(result)}\n`
          : `${network.name} is at height ${tip.height}: ${tip.id}\n${added} new headers in ${seconds.toFixed(1)} s\n`,
      )
    })
  },
}

/** Brings the headers of the session up to date, with a bar. Returns how many were new. */
export async function fetchHeaders({ manager, store: open, signal }: Session): Promise<number> {
  const store = await open()
  const told = Math.max(...manager.connected.map(({ startHeight }) => startHeight))
  const bar = progress('headers', Math.max(told, store.height))
  try {
    const { added } = await syncHeaders(manager, store, {
      signal,
      onProgress: ({ tipAfter }) => bar.update(tipAfter.height),
    })
    return added
  } finally {
    bar.end()
  }
}
