import type { LogEntry } from '../../../bus/storage/log-store.js'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { withNode, withNodeOptions } from './node-options.js'

const LEVELS = ['', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'ALL']

/** Prints the latest entries of the log of the bus. */
export const log: Command = {
  name: 'log',
  describe: 'show the log that modules write over the bus',
  async run(args) {
    const text = { type: 'string', requiresArg: true } as const
    const parser = withNodeOptions(
      commandLine('terrarium bus log', '[options]', 'Shows the latest entries of the log.'),
    )
      .option('level', { ...text, describe: 'least important level: 1 (critical) to 5 (everything) [5]' })
      .option('module', { ...text, describe: 'entries of this module only' })
      .option('limit', { ...text, describe: 'so many entries [100]' })
    const flags = await parse(parser, args)
    const wanted = ['level', 'module', 'limit'].flatMap((name) => {
      const value = flags[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    await withNode(flags, async (link, timeoutMs) => {
      const calls = [{ method: 'QueryLog', params: Object.fromEntries(wanted) }]
      const { QueryLog } = await link.request(calls, { timeoutMs })
      for (const entry of (QueryLog as { entries: LogEntry[] }).entries) process.stdout.write(line(entry))
    })
  },
}

function line({ time, level, module, comments }: LogEntry): string {
  return `${new Date(time).toISOString()} ${(LEVELS[level] ?? '').padEnd(8)} ${module}: ${comments}\n`
}
