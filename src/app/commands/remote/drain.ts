import { setTimeout as sleep } from 'node:timers/promises'
import type { BacklogJson } from '../../../api/schemas/remote.js'
import { createScreen, type Screen } from '../../network/screen.js'
import { secondsIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { type ContractNode, flagOf, givenTo, print, withNode } from '../contract/node-client.js'
import { whyNobodyWorks } from './status-text.js'
import { contractRef } from './contract-ref.js'

const POLL_MS = 250
/** Plain lines come this often at most. */
const LINE_MS = 1000

/** Waits until a remote contract has worked everything off. */
export const drain: Command = {
  name: 'drain',
  describe: 'wait until all records are worked off and all outputs are on the chain',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'drain',
        words: '<contract>',
        describe:
          'Waits, with the progress, until every record of a remote contract is worked off and every output stands in a block. Ends with status 0 then, and with 1 where --for ends first. Dead letters are not waited for.',
        flags: { for: 'most seconds to wait for it [no limit]' },
        examples: [
          ['$0 orders', 'until all is done'],
          ['$0 orders --for 60 && terrarium remote audit orders', 'and then: is all in order?'],
        ],
      },
      args,
    )
    const contract = contractRef(given) ?? ''
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
    if (isDrained(backlog)) {
      screen.keepPicture()
      const meanwhile = ended(backlog) - ended(first)
      print(
        `${contract} is drained: ${ended(backlog)} ended, ${meanwhile} of them meanwhile; ${backlog.dead} dead`,
      )
      return
    }
    if (elapsedMs > limitMs) throw new Error(await whatIsLeft(node, backlog))
    await sleep(POLL_MS)
  }
}

function isDrained({ arriving, pending, leased, outputs_waiting }: BacklogJson): boolean {
  return arriving + pending + leased + outputs_waiting === 0
}

async function whatIsLeft(node: ContractNode, now: BacklogJson): Promise<string> {
  const live = now.pending + now.leased
  const left = [
    waitingText(live, 'invocation'),
    waitingText(now.arriving, 'record', ' for a block'),
    waitingText(now.outputs_waiting, 'output', ' for a block'),
  ]
  if (live > 0 && now.streams === 0)
    left.push(whyNobodyWorks((await node.call('remote.list', { limit: 1 })).door))
  if (live === 0) left.push('does the node mine?')
  return left.filter((each) => each !== '').join('; ')
}

function progressText(contract: string, now: BacklogJson, first: BacklogJson, elapsedMs: number): string {
  const done = ended(now) - ended(first)
  const rate = elapsedMs < 1000 ? '' : `, ${Math.round((done * 1000) / elapsedMs)} a second`
  const clients = now.streams === 0 ? 'no client is connected' : counted(now.streams, 'client')
  const forBlocks =
    now.arriving + now.outputs_waiting === 0
      ? ''
      : `, ${counted(now.arriving, 'record')} and ${counted(now.outputs_waiting, 'output')} waiting for a block`
  return `${contract}: ${now.pending} pending, ${now.leased} worked on, ${done} ended${rate}${forBlocks}, ${clients}`
}

function waitingText(count: number, noun: string, forWhat = ''): string {
  return count === 0 ? '' : `${counted(count, noun)} ${count === 1 ? 'waits' : 'wait'}${forWhat}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function ended({ committed, failed, dead, cancelled }: BacklogJson): number {
  return committed + failed + dead + cancelled
}
