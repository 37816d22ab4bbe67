import type { Argv } from 'yargs'
import { ApiError, type ErrorCode } from '../../../api/errors.js'
import type { ParamsOf, ResultOf } from '../../../api/method.js'
import { type NodeApi, nodeApi } from '../../../api/node-api.js'
import { messageOf } from '../../../base/errors.js'
import { NoAnswerError, restClient } from '../../../rest/client.js'
import { hasCode } from '../../../store/error-code.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { SettingsError } from '../../settings/errors.js'
import { secondsIn } from '../../settings/setting.js'

/** Where nodes are found that `npm start`, or `terrarium contract dev`, starts. */
export const DEFAULT_NODE = `http://${DEFAULTS.node.default_ip_address}:${DEFAULTS.network.default_base_port}`

/** Beyond what a call may take by itself. */
const GRACE_MS = 10_000

/** A node that is asked about contracts. */
export interface ContractNode {
  readonly url: string
  readonly token: string | undefined
  /** How long the node is to try, in seconds. */
  readonly timeoutSeconds: number
  call<N extends keyof NodeApi>(name: N, params: ParamsOf<NodeApi[N]>): Promise<ResultOf<NodeApi[N]>>
}

/** Flags as texts, words as lists of texts. */
export type Given = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Form {
  /** The word before the name; contract, if absent. */
  readonly group?: string
  /** The word after `terrarium contract`. */
  readonly name: string
  /** Words that follow it, as yargs writes them: `<contract> [args..]`. */
  readonly words: string
  readonly describe: string
  readonly flags?: Readonly<Record<string, string>>
  /** Flags that take no value. */
  readonly signs?: Readonly<Record<string, string>>
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** Whether it asks a node. */
  readonly asksNode?: boolean
}

/** What was given on the command line. @throws {SettingsError} @throws {HelpAsked} */
export async function givenTo(form: Form, args: readonly string[]): Promise<Given> {
  const usage = `${form.words} [options]`.trim()
  // Words are for us to count.
  const parser = commandLine(`terrarium ${form.group ?? 'contract'} ${form.name}`, usage, form.describe)
    .strict(false)
    .strictOptions()
  for (const [name, describe] of Object.entries(form.flags ?? {})) addText(parser, name, describe)
  for (const [name, describe] of Object.entries(form.signs ?? {}))
    parser.option(name, { type: 'boolean', describe })
  if (form.asksNode ?? true) {
    addText(parser, 'node', `address of the node to ask [${DEFAULT_NODE}]`)
    addText(parser, 'token', 'its admin token, where it listens beyond loopback [TERRARIUM_ADMIN_TOKEN]')
    addText(parser, 'timeout', `most seconds to wait [${DEFAULTS.contract.default_timeout}]`)
  }
  for (const [command, meaning] of form.examples) parser.example(command, meaning)
  const flags = (await parse(parser, args)) as Given
  return { ...flags, ...wordsFor(form, (flags['_'] ?? []) as readonly string[]) }
}

/** The words by the names that the form gives them; those of `[name..]` in a list. @throws {SettingsError} */
function wordsFor({ words }: Form, given: readonly string[]): Given {
  const named: Record<string, string | readonly string[]> = {}
  const wanted = words === '' ? [] : words.split(' ')
  let taken = 0
  for (const word of wanted) {
    const name = word.replaceAll(/[<>[\].]/g, '')
    const found = given[taken]
    if (word.endsWith('..]')) named[name] = given.slice(taken)
    else if (found !== undefined) named[name] = found
    else if (word.startsWith('<')) throw new SettingsError(`the ${name} is missing: ${words}`)
    taken += word.endsWith('..]') ? given.length : 1
  }
  if (given.length > taken) throw new SettingsError(`there is a word too many: ${given[taken] ?? ''}`)
  return named
}

function addText(parser: Argv, name: string, describe: string): void {
  parser.option(name, { type: 'string', requiresArg: true, describe })
}

export function textOf(given: Given, name: string): string | undefined {
  const found = given[name]
  return typeof found === 'string' ? found : undefined
}

export function isSet(given: Given, name: string): boolean {
  return String(given[name]) === 'true'
}

export function wordsOf(given: Given, name: string): readonly string[] {
  const found = given[name]
  return Array.isArray(found) ? (found as readonly string[]) : []
}

/** A flag read by a function whose errors complete "--flag …". @throws {SettingsError} */
export function flagOf<T>(given: Given, name: string, read: (text: string) => T): T | undefined {
  const text = textOf(given, name)
  if (text === undefined) return undefined
  try {
    return read(text)
  } catch (error) {
    throw new SettingsError(`--${name} ${messageOf(error)}`)
  }
}

/** Works with the node that was named. @throws {Error} one line for people, with what to do about it */
export async function withNode<T>(given: Given, work: (node: ContractNode) => Promise<T>): Promise<T> {
  endWithReader()
  const url = flagOf(given, 'node', nodeAddress) ?? DEFAULT_NODE
  const token = textOf(given, 'token') ?? process.env['TERRARIUM_ADMIN_TOKEN']
  const timeoutMs = flagOf(given, 'timeout', secondsIn(0.05, 600)) ?? DEFAULTS.contract.default_timeout * 1000
  const client = restClient(nodeApi, url, {
    timeoutMs: timeoutMs + GRACE_MS,
    ...(token === undefined ? {} : { adminToken: token }),
  })
  try {
    return await work({
      url,
      token,
      timeoutSeconds: timeoutMs / 1000,
      call: (name, params) => client.call(name, params),
    })
  } catch (error) {
    throw inPlainWords(error)
  } finally {
    client.close()
  }
}

export function nodeAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new Error(`takes an address such as ${DEFAULT_NODE}`)
}

/** What went wrong and what cures it, in one line. */
export function inPlainWords(error: unknown): unknown {
  if (error instanceof NoAnswerError) return new Error(`${error.message}: ${NO_NODE}`, { cause: error })
  if (!(error instanceof ApiError)) return error
  const cure = CURES[error.code]
  return new Error(cure === undefined ? error.message : `${error.message}; ${cure}`, { cause: error })
}

const NO_NODE =
  'start one with "terrarium contract dev FOLDER" or "npm start", or name one that runs with --node'

const CURES: Partial<Record<ErrorCode, string>> = {
  CONTRACT_NOT_FOUND: '"terrarium contract list" shows those there are, "terrarium contract deploy" adds one',
  CONTRACT_NOT_CONNECTED: 'start its process, for example with "terrarium contract dev FOLDER"',
  CALL_CONFLICT: 'call again, or give --retries and the node does',
  CALL_TIMEOUT: 'does the node mine? "--mine auto" makes blocks as they are needed',
  REMOTE_CONTRACT_NOT_FOUND:
    '"terrarium remote status" shows those there are, "terrarium contract new NAME --template LANGUAGE" adds one',
  INVOCATION_NOT_FOUND: '"terrarium remote retry CONTRACT --list" shows the dead letters',
  API_KEY_NOT_FOUND: '"terrarium remote keys CONTRACT" lists those there are',
  RECORD_TYPE_TAKEN: 'choose another name, or delete the contract that has it',
  NOT_READY: 'try again in a moment',
  UNAUTHORIZED: 'give the token with --token or in TERRARIUM_ADMIN_TOKEN',
}

/** A reader such as `head` that has enough ends us, and that is no failure. */
function endWithReader(): void {
  process.stdout.once('error', (error) => {
    if (!hasCode(error, 'EPIPE')) throw error
    process.exit(0)
  })
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}
