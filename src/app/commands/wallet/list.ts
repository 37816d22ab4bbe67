import { messageOf } from '../../../base/errors.js'
import type { AccountEntry } from '../../../wallet/keystore.js'
import type { Command } from '../command.js'
import { coinsText } from './coins.js'
import type { Io } from './io.js'
import { withNode } from './node.js'
import { flagsOf, isSet, nodeUrl } from './options.js'
import { columns } from '../../columns.js'
import { print, printJson, remark } from './print.js'
import { accountsOf } from './source.js'

/** Lists the accounts of a wallet. */
export const list = (io: Io): Command => ({
  name: 'list',
  describe: 'list the accounts of a wallet',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'list',
        usage: '[options]',
        describe:
          'Lists the accounts of a wallet, with what they hold if a node answers. Needs no passphrase.',
        shared: ['wallet', 'dev', 'node', 'json'],
        example: ['$0 --dev', 'the development accounts'],
      },
      args,
    )
    const url = nodeUrl(flags)
    const accounts = await accountsOf(flags)
    const balances = await balancesOf(io, url, accounts)
    if (isSet(flags, 'json')) {
      const entries = accounts.map(({ index, name, address }, i) => ({
        index,
        name,
        address,
        balance: balances?.[i] ?? null,
      }))
      printJson(io, { accounts: entries })
    } else print(io, tableOf(accounts, balances))
  },
})

/** What each account holds in the chain, in units; undefined when no node tells. */
async function balancesOf(
  io: Io,
  url: string,
  accounts: readonly AccountEntry[],
): Promise<number[] | undefined> {
  try {
    return await withNode(url, async (node) => {
      const balances: number[] = []
      for (const { address } of accounts) balances.push((await node.call('utxo.get', { address })).balance)
      return balances
    })
  } catch (error) {
    remark(io, `balances are not known: ${messageOf(error)}`)
    return undefined
  }
}

function tableOf(accounts: readonly AccountEntry[], balances: readonly number[] | undefined): string {
  if (!balances)
    return columns(
      ['index', 'name', 'address'],
      accounts.map(({ index, name, address }) => [index, name, address]),
      [],
    )
  const rows = accounts.map(({ index, name, address }, i) => [
    index,
    name,
    address,
    coinsText(balances[i] ?? 0),
  ])
  return columns(['index', 'name', 'address', 'balance'], rows, ['balance'])
}
