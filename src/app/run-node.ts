import { messageOf } from '../base/errors.js'
import { createLog } from './log.js'
import { startNode } from './node.js'
import { type ProgramText } from './settings/layers.js'
import { HelpAsked, SettingsError } from './settings/errors.js'
import { nodeSettings } from './settings/node-settings.js'
import { untilStopped } from './until-stopped.js'

/** Exit statuses of the programs. */
const USAGE_ERROR = 2
const START_ERROR = 1

/** Runs a node from its command line until a signal ends it. Sets the exit status. */
export async function runNode(text: ProgramText, args: readonly string[]): Promise<void> {
  try {
    const settings = await nodeSettings(text, args, process.env)
    const log = createLog(settings.logLevel, process.stdout.isTTY)
    const node = await startNode(settings, { log, now: Date.now, random: Math.random })
    // Before it is told that the node is up: whoever reads that may send the signal at once.
    const stopped = untilStopped(() => node.stop(), log)
    log.info({ url: node.url, profile: node.profile, dir: node.dir }, `${text.describe.split('\n')[0]} is up`)
    process.send?.({ ready: node.record })
    await stopped
  } catch (error) {
    end(error, text.name)
  }
}

function end(error: unknown, name: string): void {
  if (error instanceof HelpAsked) {
    process.stdout.write(`${error.message}\n`)
    return
  }
  const isUsage = error instanceof SettingsError
  process.stderr.write(`${name}: ${messageOf(error)}${isUsage ? ` (--help lists the options)` : ''}\n`)
  process.exitCode = isUsage ? USAGE_ERROR : START_ERROR
}
