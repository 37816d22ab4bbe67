import { messageOf } from '../../../base/errors.js'
import type { Command } from '../command.js'
import { type ContractNode, givenTo, isSet, print, printJson, textOf, withNode } from './node-client.js'

/** Shows one contract: what was deployed, who runs it, and what can be called. */
export const show: Command = {
  name: 'show',
  describe: 'show one contract and its functions',
  async run(args) {
    const given = await givenTo(
      {
        name: 'show',
        words: '<contract>',
        describe:
          'Shows what was deployed under a name, the processes that run it, and the functions it has.',
        signs: { json: 'JSON instead of text' },
        examples: [['$0 basic', 'the contract called basic']],
      },
      args,
    )
    const contract = textOf(given, 'contract') ?? ''
    await withNode(given, async (node) => {
      const found = await node.call('contracts.get', { contract })
      if (isSet(given, 'json')) {
        printJson(found)
        return
      }
      const { summary, definition, processes } = found
      print(`${summary.name} ${summary.version} (${summary.id}), deployment ${summary.sequence}`)
      print(`organisations  ${summary.organisations.join(', ')}`)
      print(
        `policy         ${JSON.stringify((definition as { endorsement_policy?: unknown }).endorsement_policy)}`,
      )
      for (const { id, way, address } of processes) print(`process        ${id}, ${way}, ${address ?? ''}`)
      if (processes.length === 0) print('process        none is connected')
      else await printFunctions(node, contract)
    })
  },
}

interface Listed {
  readonly contracts?: Readonly<Record<string, { readonly transactions?: readonly Transaction[] }>>
}

interface Transaction {
  readonly name: string
  readonly parameters?: readonly { readonly name: string; readonly schema?: { readonly type?: string } }[]
}

async function printFunctions(node: ContractNode, contract: string): Promise<void> {
  const metadata = await node.call('contracts.metadata', { contract }).catch((error: unknown) => {
    print(`functions      unknown: ${messageOf(error)}`)
    return {}
  })
  for (const [name, { transactions = [] }] of Object.entries((metadata as Listed | null)?.contracts ?? {})) {
    for (const each of transactions) print(`function       ${name}:${each.name}(${parametersText(each)})`)
  }
}

function parametersText({ parameters = [] }: Transaction): string {
  return parameters.map(({ name, schema }) => `${name}: ${schema?.type ?? 'object'}`).join(', ')
}
