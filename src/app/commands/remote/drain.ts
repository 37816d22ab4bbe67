import { setTimeout as sleep } from 'node:timers/promises'
import type { BacklogJson } from '../../../api/schemas/remote.js'
import { createScreen, type Screen } from '../../network/screen.js'
import { secondsIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { type ContractNode, flagOf, givenTo, print, textOf, withNode } from '../contract/node-client.js'
import { whyNobodyWorks } from './status-text.js'

const POLL_MS = 250
/** Plain lines come this often at most. */
const LINE_MS = 1000

/** Waits until a remote contract has worked everything off. */
export const drain: Command = {
  name: 'drain',
  describe: 'wait until nothing is pending or worked on',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'drain',
        words: '<contract>',
        describe:
          'Waits, with the progress, until no invocation of a remote contract is pending or being worked on. Ends with status 0 then, and with 1 where --for ends first. Dead letters are not waited for.',
        flags: { for: 'most seconds to wait for it [no limit]' },
        examples: [
          ['$0 orders', 'until all is done'],
          ['$0 orders --for 60 && terrarium remote audit orders', 'and then: is all in order?'],
        ],
      },
      args,
    )
    const contract = textOf(given, 'contract') ?? ''
    const limitMs = flagOf(given, 'for', secondsIn(0.05, 86_400 * 7)) ?? Infinity
    await withNode(given, (node) => untilDrained(node, contract, limitMs, createScreen(process.env)))
  },
}

async function untilDrained(
  node: ContractNode,
  contract: string,
  limitMs: number,
  screen: Screen,
): Promise<void> {
  const startMs = performance.now()
  let lineMs = -Infinity
  let first: BacklogJson | undefined
  for (;;) {
    const backlog = await node.call('remote.backlog', { contract })
    first ??= backlog
    const elapsedMs = performance.now() - startMs
    const text = progressText(contract, backlog, first, elapsedMs)
    if (screen.isLive) screen.picture(text)
    else if (elapsedMs - lineMs >= LINE_MS) {
      lineMs = elapsedMs
      screen.line(text)
    }
    if (backlog.pending + backlog.leased === 0) {
      screen.keepPicture()
      print(`${contract} is drained: ${ended(backlog) - ended(first)} ended meanwhile, ${backlog.dead} dead`)
      return
    }
    if (elapsedMs > limitMs) {
      const left = `${backlog.pending + backlog.leased} invocations wait still`
      if (backlog.streams > 0) throw new Error(left)
      const { door } = await node.call('remote.list', { limit: 1 })
      throw new Error(`${left}; ${whyNobodyWorks(door)}`)
    }
    await sleep(POLL_MS)
  }
}

function progressText(contract: string, now: BacklogJson, first: BacklogJson, elapsedMs: number): string {
  const done = ended(now) - ended(first)
  const rate = elapsedMs < 1000 ? '' : `, ${Math.round((done * 1000) / elapsedMs)} a second`
  const clients = now.streams === 0 ? 'no client is connected' : `${now.streams} clients`
  return `${contract}: ${now.pending} pending, ${now.leased} worked on, ${done} ended${rate}, ${clients}`
}

function ended({ committed, failed, dead, cancelled }: BacklogJson): number {
  return committed + failed + dead + cancelled
}
