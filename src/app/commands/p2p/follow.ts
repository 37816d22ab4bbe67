import { followTip, type TipChange, toDisplay } from '../../../p2p/index.js'
import type { Command } from '../command.js'
import { fetchHeaders } from './headers.js'
import { p2pCommandLine, withSession } from './session.js'

/** Prints each new tip until it is stopped. */
export const follow: Command = {
  name: 'follow',
  describe: 'print each new block header as it comes, and each reorg',
  run: (args) => {
    const parser = p2pCommandLine(
      'follow',
      '--network <name> [options]',
      'Brings the headers up to date, then prints every new tip, a line each; Ctrl-C ends it.',
    ).example('$0 -n regtest -p 127.0.0.1:18444 --json', 'a line of JSON for each new tip')
    return withSession(parser, args, async (session) => {
      const { manager, signal, isJson } = session
      await fetchHeaders(session)
      const store = await session.store()
      const line = isJson ? jsonLine : textLine
      process.stdout.write(line({ tip: store.tip }))
      for await (const change of followTip(manager, store, { signal })) process.stdout.write(line(change))
    })
  },
}

function textLine({ tip, reorg }: TipChange): string {
  const what = `${new Date(tip.time * 1000).toISOString()}  ${tip.height}  ${tip.id}`
  if (reorg === undefined) return `${what}\n`
  const { commonHeight, disconnected, connected } = reorg
  return `${what}  reorg: ${disconnected.length} blocks off, ${connected.length} on, common height ${commonHeight}\n`
}

function jsonLine({ tip, reorg }: TipChange): string {
  const change = reorg && {
    common_height: reorg.commonHeight,
    disconnected: reorg.disconnected.map(toDisplay),
    connected: reorg.connected.map(toDisplay),
  }
  return `${JSON.stringify({ height: tip.height, hash: tip.id, time: tip.time, ...(change && { reorg: change }) })}\n`
}
