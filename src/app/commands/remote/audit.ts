import type { AuditPage, AuditProblem } from '../../../api/schemas/remote.js'
import { createScreen } from '../../network/screen.js'
import type { Command } from '../command.js'
import { type ContractNode, givenTo, isSet, print, printJson, withNode } from '../contract/node-client.js'
import { contractRef } from './contract-ref.js'

/** Problems that are told one by one. */
const MAX_TOLD = 100

/** Checks that every record had its effect once. */
export const audit: Command = {
  name: 'audit',
  describe: 'check that every record ended once, with exactly one output where one is due',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'audit',
        words: '<contract>',
        describe:
          'Looks at every record that invokes a remote contract: it must have one end (or still wait), and exactly one output on the chain where one is due. Ends with status 1 where something is wrong.',
        signs: { json: 'JSON instead of text' },
        examples: [['$0 orders', 'all records of orders since it was registered']],
      },
      args,
    )
    await withNode(given, async (node) => {
      const contract = contractRef(given) ?? ''
      const screen = createScreen(process.env)
      const isJson = isSet(given, 'json')
      const result = await auditAll(node, contract, (progress) => {
        if (!isJson) screen.picture(progress)
      })
      screen.keepPicture()
      if (isJson) printJson(result)
      else for (const line of auditLines(result)) print(line)
      if (result.problems.length > 0) process.exitCode = 1
    })
  },
}

export type Audit = Omit<AuditPage, 'next_cursor'>

const COUNTS = [
  'records',
  'pending',
  'leased',
  'committed',
  'failed',
  'dead',
  'cancelled',
  'forgotten',
  'outputs',
  'outputs_waiting',
] as const

/** All pages together. */
async function auditAll(
  node: ContractNode,
  contract: string,
  tell: (progress: string) => void,
): Promise<Audit> {
  let total: Audit | undefined
  let cursor: string | null = null
  do {
    const page: AuditPage = await node.call('remote.audit', {
      contract,
      ...(cursor === null ? {} : { cursor }),
    })
    total = total ? sum(total, page) : page
    cursor = page.next_cursor
    tell(`${total.records} records looked at`)
  } while (cursor !== null)
  return total
}

function sum(a: Audit, b: Audit): Audit {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]]))
  return { ...b, ...counts, problems: [...a.problems, ...b.problems] }
}

export function auditLines(result: Audit): readonly string[] {
  const { records, pending, leased, committed, failed, dead, cancelled, forgotten } = result
  const { outputs, outputs_waiting: waiting, problems, height } = result
  const ends = [
    `${committed} committed`,
    `${failed} failed`,
    `${dead} dead`,
    `${cancelled} cancelled`,
    ...(forgotten > 0 ? [`${forgotten} ended long ago`] : []),
  ]
  const isDone = pending + leased === 0 && waiting === 0
  return [
    `records  ${records}: ${ends.join(', ')}, ${pending + leased} not ended yet`,
    `outputs  ${outputs} on the chain exactly once, ${waiting} waiting for a block (height ${height})`,
    ...problems.slice(0, MAX_TOLD).map(problemLine),
    ...(problems.length > MAX_TOLD ? [`... and ${problems.length - MAX_TOLD} more`] : []),
    problems.length > 0
      ? `WRONG: ${problems.length} of ${records} records`
      : `in order: ${isDone ? 'every record ended once, with exactly one output where one was due' : 'nothing wrong so far; "terrarium remote drain" waits for the rest'}`,
  ]
}

function problemLine({ seq, problem, transaction_id }: AuditProblem): string {
  return `! record ${seq}  ${problem}  ${transaction_id}`
}
