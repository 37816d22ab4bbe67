import type { Argv } from 'yargs'
import { messageOf } from '../../../base/errors.js'
import { type Json, parseJson } from '../../../base/json.js'
import { BusError } from '../../../bus/bus-error.js'
import { guestLink } from '../../../bus/guest-link.js'
import type { Link } from '../../../bus/link/link.js'
import { hasCode } from '../../../store/error-code.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { SettingsError } from '../../settings/errors.js'
import { secondsIn } from '../../settings/setting.js'

type Flags = Record<string, string | undefined>

const DEFAULT_URL = `ws://${DEFAULTS.node.default_ip_address}:${DEFAULTS.network.default_base_port}`

/** The flags that say which node is meant. */
export function withNodeOptions(parser: Argv): Argv {
  const text = { type: 'string', requiresArg: true } as const
  return parser
    .option('url', { ...text, alias: 'u', describe: `address of the node or manager [${DEFAULT_URL}]` })
    .option('token', { ...text, describe: 'its admin token, for what is not public' })
    .option('timeout', { ...text, describe: 'seconds to wait for an answer [10]' })
}

/** Runs `job` with a connection to the node, and closes it after. @throws {Error} one line for people */
export async function withNode(
  flags: Flags,
  job: (link: Link, timeoutMs: number) => Promise<void>,
): Promise<void> {
  endWithReader()
  const { url = DEFAULT_URL, token: adminToken } = flags
  const timeoutMs = readSeconds('timeout', flags['timeout'] ?? '10')
  if (!/^wss?:\/\//.test(url)) throw new SettingsError(`--url takes an address such as ${DEFAULT_URL}`)
  const link = guestLink({ url, name: 'terrarium', adminToken, maxPauseMs: 1_000 })
  const started = link.start().catch(() => undefined)
  try {
    await link.connection(timeoutMs)
    await job(link, timeoutMs)
  } catch (error) {
    throw error instanceof BusError ? new Error(`${error.code}: ${error.message}`, { cause: error }) : error
  } finally {
    await link.close()
    await started
  }
}

/** A reader such as `head` that has enough ends us, and that is no failure. */
function endWithReader(): void {
  process.stdout.once('error', (error) => {
    if (!hasCode(error, 'EPIPE')) throw error
    process.exit(0)
  })
}

/** The parameters of a method, as JSON on the command line. */
export function readParams(text = '{}'): Readonly<Record<string, Json>> {
  let params: Json
  try {
    params = parseJson(text)
  } catch (error) {
    throw new SettingsError(`the parameters are ${messageOf(error)}`)
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new SettingsError(`the parameters are a JSON object such as '{"bid":1}'`)
  return params as Readonly<Record<string, Json>>
}

function readSeconds(flag: string, text: string): number {
  try {
    return secondsIn(0, 86_400)(text)
  } catch (error) {
    throw new SettingsError(`--${flag} ${messageOf(error)}`)
  }
}
