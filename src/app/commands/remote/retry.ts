import type { InvocationSummary } from '../../../api/schemas/remote.js'
import { columns } from '../../columns.js'
import { SettingsError } from '../../settings/errors.js'
import type { Command } from '../command.js'
import { type ContractNode, givenTo, isSet, print, textOf, withNode } from '../contract/node-client.js'
import { contractRef } from './contract-ref.js'

/** Sees to the dead letters of a remote contract. */
export const retry: Command = {
  name: 'retry',
  describe: 'list dead letters, try them once more or discard them',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'retry',
        words: '<contract> [invocation]',
        describe:
          'An invocation that failed 5 times, or was given out 20 times, is dead: it waits for somebody to see to it. This gives it one more attempt, and no more than one.',
        signs: {
          list: 'only say which there are, and why',
          all: 'all dead letters of the contract',
          discard: 'discard instead of trying again',
        },
        examples: [
          ['$0 orders --list', 'what is dead, and what it died of'],
          ['$0 orders 6f1c…:0f5a…', 'one more attempt for one'],
          ['$0 orders --all', 'one more attempt for each'],
          ['$0 orders --all --discard', 'strike them all off'],
        ],
      },
      args,
    )
    const [contract, id] = [contractRef(given) ?? '', textOf(given, 'invocation')]
    const [all, list] = [isSet(given, 'all'), isSet(given, 'list')]
    if ([id !== undefined, all, list].filter(Boolean).length !== 1)
      throw new SettingsError('name one invocation, or give --all or --list')
    if (list && isSet(given, 'discard')) throw new SettingsError('--discard does not go with --list')
    const act = isSet(given, 'discard') ? discarded : retried
    await withNode(given, async (node) => {
      if (list) await printAll(node, contract)
      else if (id !== undefined) await act(node, await ofContract(node, contract, id))
      else await forAll(node, contract, act)
    })
  },
}

/** @throws {Error} the invocation is of another contract */
async function ofContract(node: ContractNode, contract: string, id: string): Promise<string> {
  const { contract: found } = await node.call('remote.get', { contract })
  if (id.startsWith(`${found.contract_id}:`)) return id
  throw new Error(
    `${JSON.stringify(id)} is no invocation of ${contract}; "terrarium remote retry ${contract} --list" shows the dead letters`,
  )
}

type Act = (node: ContractNode, invocationId: string) => Promise<void>

async function retried(node: ContractNode, invocation_id: string): Promise<void> {
  await node.call('remote.retry', { invocation_id })
  print(`${invocation_id} is tried once more`)
}

async function discarded(node: ContractNode, invocation_id: string): Promise<void> {
  await node.call('remote.discard', { invocation_id })
  print(`${invocation_id} is discarded`)
}

async function forAll(node: ContractNode, contract: string, act: Act): Promise<void> {
  // All are read first: one that is tried again and dies again is not to be tried for ever.
  const letters: InvocationSummary[] = []
  for await (const letter of deadLetters(node, contract)) letters.push(letter)
  for (const { invocation_id } of letters) await act(node, invocation_id)
  if (letters.length === 0) print(`${contract} has no dead letters`)
}

async function printAll(node: ContractNode, contract: string): Promise<void> {
  const rows: (string | number)[][] = []
  for await (const { invocation_id, deliveries, failures, finished_at, error } of deadLetters(node, contract))
    rows.push([
      invocation_id,
      deliveries,
      failures,
      new Date(finished_at ?? 0).toISOString(),
      (error ?? '').split('\n')[0] ?? '',
    ])
  if (rows.length === 0) print(`${contract} has no dead letters`)
  else
    print(
      columns(['invocation', 'deliveries', 'failures', 'died', 'error'], rows, ['deliveries', 'failures']),
    )
}

async function* deadLetters(node: ContractNode, contract: string): AsyncGenerator<InvocationSummary> {
  let cursor: string | null = null
  do {
    const page: { invocations: InvocationSummary[]; next_cursor: string | null } = await node.call(
      'remote.dead_letters',
      { contract, limit: 500, ...(cursor === null ? {} : { cursor }) },
    )
    yield* page.invocations
    cursor = page.next_cursor
  } while (cursor !== null)
}
