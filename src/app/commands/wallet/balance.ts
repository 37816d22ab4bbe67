import { findAccount } from '../../../wallet/find-account.js'
import type { AccountEntry } from '../../../wallet/keystore.js'
import type { Command } from '../command.js'
import { coinsText } from './coins.js'
import { fundsOf } from './funds.js'
import type { Io } from './io.js'
import { type Node, withNode } from './node.js'
import { flagsOf, isSet, nodeUrl, textOf } from './options.js'
import { columns } from '../../columns.js'
import { print, printJson } from './print.js'
import { accountsOf } from './source.js'

/** Shows what the accounts of a wallet hold. */
export const balance = (io: Io): Command => ({
  name: 'balance',
  describe: 'show what each account holds',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'balance',
        usage: '[options]',
        describe:
          'Shows what each account holds in the chain, how much of it are rewards that are not mature yet, and what pending transactions will change. Needs no passphrase.',
        shared: ['wallet', 'dev', 'node', 'json'],
        own: { account: 'index, name or address of one account [all]' },
        example: ['$0 --dev', 'what the development accounts hold'],
      },
      args,
    )
    const url = nodeUrl(flags)
    const accounts = await accountsOf(flags)
    const wanted = textOf(flags, 'account')
    const shown = wanted === undefined ? accounts : [findAccount(accounts, wanted)]
    await withNode(url, async (node) => {
      const { chain_id } = await node.call('node.health', {})
      const balances: AccountBalance[] = []
      for (const each of shown) balances.push(await balanceOf(node, each))
      const total = totalOf(balances)
      if (isSet(flags, 'json')) printJson(io, { node: node.url, chain_id, accounts: balances, total })
      else print(io, tableOf(balances, total))
    })
  },
})

/** Amounts in units. */
interface Amounts {
  /** In the chain, immature rewards included. */
  readonly confirmed: number
  readonly immature: number
  /** What pending transactions add, or take where it is negative. */
  readonly pending: number
}

type AccountBalance = AccountEntry & Amounts

async function balanceOf(node: Node, { index, name, address }: AccountEntry): Promise<AccountBalance> {
  const { balance, pending_balance: after } = await node.call('utxo.get', { address })
  const { immature } = await fundsOf(node, address)
  return { index, name, address, confirmed: balance, immature, pending: after - balance }
}

function totalOf(balances: readonly Amounts[]): Amounts {
  const sum = (pick: (amounts: Amounts) => number): number =>
    balances.reduce((total, each) => total + pick(each), 0)
  return {
    confirmed: sum(({ confirmed }) => confirmed),
    immature: sum(({ immature }) => immature),
    pending: sum(({ pending }) => pending),
  }
}

const AMOUNTS = ['confirmed', 'immature', 'pending']

function tableOf(balances: readonly AccountBalance[], total: Amounts): string {
  const rows = balances.map((each) => [each.index, each.name, ...amountsOf(each)])
  return columns(['index', 'name', ...AMOUNTS], [...rows, ['', 'in all', ...amountsOf(total)]], AMOUNTS)
}

function amountsOf({ confirmed, immature, pending }: Amounts): string[] {
  return [
    coinsText(confirmed),
    coinsText(immature),
    pending > 0 ? `+${coinsText(pending)}` : coinsText(pending),
  ]
}
