import { findAccount } from '../../../wallet/find-account.js'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { coinsText } from './coins.js'
import type { Io } from './io.js'
import { type Node, withNode } from './node.js'
import { flagsOf, isSet, nodeUrl, readText, textOf } from './options.js'
import { columns } from '../../columns.js'
import { print, printJson } from './print.js'
import { accountsOf } from './source.js'

const MAX_TRANSACTIONS = 500

/** Shows what was paid to and from an account. */
export const history = (io: Io): Command => ({
  name: 'history',
  describe: 'show what was paid to and from an account',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'history',
        usage: '[options]',
        describe:
          'Shows the transactions of an account, those that wait first, then the newest. Needs no passphrase.',
        shared: ['wallet', 'dev', 'node', 'json'],
        own: {
          account: 'index, name or address of the account [0]',
          limit: 'most transactions of each kind [20]',
        },
        example: ['$0 --dev --account 1', 'what development account 1 paid and got'],
      },
      args,
    )
    const url = nodeUrl(flags)
    const limit = readText('limit', textOf(flags, 'limit') ?? '20', integerIn(1, MAX_TRANSACTIONS))
    const { address } = findAccount(await accountsOf(flags), textOf(flags, 'account') ?? 0)
    const events = await withNode(url, (node) => eventsOf(node, address, limit))
    if (isSet(flags, 'json')) printJson(io, { address, transactions: events })
    else print(io, events.length === 0 ? 'nothing yet' : tableOf(events))
  },
})

/** Amounts in units; the times of a transaction that waits are not known. */
interface Event {
  readonly id: string
  readonly received: number
  readonly sent: number
  /** Null while it waits. */
  readonly height: number | null
  readonly timestamp: number | null
  readonly confirmations: number
}

async function eventsOf(node: Node, address: string, limit: number): Promise<Event[]> {
  const waiting = await node.call('addresses.pending', { address, limit })
  const done = await node.call('addresses.transactions', { address, limit })
  return [
    ...waiting.transactions.map(({ id, received, sent }) => ({
      id,
      received,
      sent,
      height: null,
      timestamp: null,
      confirmations: 0,
    })),
    ...done.transactions.map(({ id, received, sent, height, timestamp, confirmations }) => ({
      id,
      received,
      sent,
      height,
      timestamp,
      confirmations,
    })),
  ]
}

function tableOf(events: readonly Event[]): string {
  const rows = events.map(({ id, received, sent, height, timestamp }) => {
    const change = received - sent
    const time = timestamp === null ? 'waits' : new Date(timestamp).toISOString().replace(/\.\d+Z$/, 'Z')
    return [height ?? '', time, change > 0 ? `+${coinsText(change)}` : coinsText(change), id]
  })
  return columns(['block', 'time', 'coins', 'transaction'], rows, ['block', 'coins'])
}
