import { messageOf } from '../../../base/errors.js'
import { updatesOf } from '../../../bus/link/updates.js'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { SettingsError } from '../../settings/errors.js'
import { integerIn } from '../../settings/setting.js'
import { readParams, withNode, withNodeOptions } from './node-options.js'

/** Prints the answer of a method now and after every change, a line of JSON each, until it is stopped. */
export const subscribe: Command = {
  name: 'subscribe',
  describe: 'follow a method: its answer now and after every change',
  async run(args) {
    const text = { type: 'string', requiresArg: true } as const
    const parser = withNodeOptions(
      commandLine(
        'terrarium bus subscribe',
        '<method> [parameters]',
        'Prints the answer of a method, now and again, as lines of JSON; Ctrl-C ends it.',
      ),
    )
      .command('$0 <method> [parameters]', false)
      .option('events', { ...text, describe: 'after every so many events [1]' })
      .option('period', { ...text, describe: 'every so many seconds, too' })
      .option('range', { ...text, describe: 'only answers whose number lies in it, such as [1000,)' })
      .option('count', { ...text, describe: 'end after so many answers' })
      .example('$0 blocks.last', 'each block as it comes')
      .example('$0 nodes.list --events 0 --period 10', 'the known nodes every ten seconds')
    const flags = await parse(parser, args)
    const params = readParams(flags['parameters'])
    const everySeconds = numberOf(flags, 'period', 0)
    const everyEvents = numberOf(flags, 'events', 1)
    const count = numberOf(flags, 'count', Infinity)
    const stop = new AbortController()
    const onSignal = (): void => stop.abort()
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
    await withNode(flags, async (link, timeoutMs) => {
      const options = {
        everyEvents,
        everySeconds,
        timeoutMs,
        signal: stop.signal,
        range: flags['range'] ?? '',
      }
      let seen = 0
      for await (const { value, missedEvents } of updatesOf(link, flags['method'] ?? '', params, options)) {
        if (missedEvents) process.stderr.write('some events were missed\n')
        process.stdout.write(`${JSON.stringify(value)}\n`)
        seen += 1
        if (seen >= count) break
      }
    })
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  },
}

function numberOf(flags: Record<string, string | undefined>, flag: string, fallback: number): number {
  const text = flags[flag]
  if (text === undefined) return fallback
  try {
    return integerIn(0, 1_000_000)(text)
  } catch (error) {
    throw new SettingsError(`--${flag} ${messageOf(error)}`)
  }
}
