import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLineJson } from '../../../api/schemas/remote.js'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { flagOf, givenTo, isSet, print, withNode } from '../contract/node-client.js'
import { contractRef } from './contract-ref.js'

const POLL_MS = 500
const MAX_TAIL = 200

/** Prints what invocations of a remote contract printed. */
export const logs: Command = {
  name: 'logs',
  describe: 'show what invocations printed, past or as they end',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'logs',
        words: '<contract>',
        describe:
          'Shows what the last invocations of a remote contract printed, the oldest first: each under the id of its invocation, with what went to stderr marked.',
        flags: { tail: 'how many invocations [20]' },
        signs: { follow: 'go on with those that end; Ctrl-C ends it', json: 'JSON, an invocation a line' },
        examples: [
          ['$0 orders', 'the last 20 invocations'],
          ['$0 orders --tail 1 --follow', 'the last one, and all that come'],
        ],
      },
      args,
    )
    const contract = contractRef(given) ?? ''
    const tail = flagOf(given, 'tail', integerIn(1, MAX_TAIL)) ?? 20
    const show = isSet(given, 'json') ? printLine : printText
    await withNode(given, async (node) => {
      let since = 0
      let seen: ReadonlySet<string> = new Set()
      for (let wanted = tail; ; wanted = MAX_TAIL) {
        const { lines } = await node.call('remote.logs', { contract, since, tail: wanted })
        if (seen.size > 0 && lines.length === MAX_TAIL && !lines.some((line) => seen.has(idOf(line))))
          process.stderr.write('more ended than is shown\n')
        for (const line of lines) if (!seen.has(idOf(line))) show(line)
        if (!isSet(given, 'follow')) return
        seen = new Set(lines.map(idOf))
        since = lines.at(-1)?.finished_at ?? since
        await sleep(POLL_MS)
      }
    })
  },
}

/** An invocation that was tried again ends more than once. */
function idOf({ invocation_id, finished_at }: LogLineJson): string {
  return `${invocation_id} ${finished_at}`
}

function printLine(line: LogLineJson): void {
  print(JSON.stringify(line))
}

function printText({ invocation_id, finished_at, stdout, stderr, truncated }: LogLineJson): void {
  print(`${new Date(finished_at).toISOString()}  ${invocation_id}${truncated ? '  (cut)' : ''}`)
  for (const line of linesOf(stdout)) print(`  ${line}`)
  for (const line of linesOf(stderr)) print(`! ${line}`)
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n').map(plain)
}

/** What a contract prints may not steer the terminal. */
function plain(line: string): string {
  return line.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
