import type { Argv } from 'yargs'
import { DEFAULTS } from '../../settings/defaults.js'
import { SettingsError } from '../../settings/errors.js'
import { commandLine, parse } from '../../settings/command-line.js'

/** Flags as they were given; one that takes no value is true. */
export type Flags = Readonly<Record<string, string | true | undefined>>

interface Flag {
  readonly describe: string
  readonly takesValue: boolean
}

const value = (describe: string): Flag => ({ describe, takesValue: true })
const sign = (describe: string): Flag => ({ describe, takesValue: false })

/** Where nodes are found that `npm start` starts: its first client. */
const DEFAULT_NODE = `http://${DEFAULTS.node.default_ip_address}:${DEFAULTS.network.default_base_port}`

/** Flags that several commands share; a command names those it takes. */
const SHARED = {
  wallet: value(`the wallet file [${DEFAULTS.wallet.default_wallet_filename}]`),
  'passphrase-file': value('file that holds the passphrase, for scripts'),
  dev: sign('the ten development accounts, which everybody knows, instead of a wallet file'),
  node: value(`address of the node to ask [${DEFAULT_NODE}]`),
  json: sign('one JSON object instead of text; amounts in units of 10^-8 coin'),
} satisfies Record<string, Flag>

export interface CommandForm {
  /** The word after `terrarium wallet`. */
  readonly name: string
  readonly usage: string
  readonly describe: string
  readonly shared: readonly (keyof typeof SHARED)[]
  readonly own?: Readonly<Record<string, string | { readonly sign: string }>>
  readonly example: readonly [command: string, meaning: string]
}

/** The flags of a command. @throws {SettingsError} naming what is wrong. @throws {HelpAsked} with the text to show */
export async function flagsOf(form: CommandForm, args: readonly string[]): Promise<Flags> {
  const parser = commandLine(`terrarium wallet ${form.name}`, form.usage, form.describe)
  // Words may be secret: they are refused without being repeated.
  parser.demandCommand(0, 0, '', 'takes no words, only options').example(...form.example)
  for (const [name, own] of Object.entries(form.own ?? {}))
    add(parser, name, typeof own === 'string' ? value(own) : sign(own.sign))
  for (const name of form.shared) add(parser, name, SHARED[name])
  return parse(parser, args)
}

function add(parser: Argv, name: string, { describe, takesValue }: Flag): void {
  if (takesValue) parser.option(name, { type: 'string', requiresArg: true, describe })
  else parser.option(name, { type: 'boolean', describe })
}

export function textOf(flags: Flags, name: string): string | undefined {
  const given = flags[name]
  return typeof given === 'string' ? given : undefined
}

/** @throws {SettingsError} when the flag was not given */
export function requiredText(flags: Flags, name: string): string {
  const text = textOf(flags, name)
  if (text === undefined) throw new SettingsError(`--${name} is missing`)
  return text
}

export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true
}

/** A flag read by a function whose errors complete "--flag …". @throws {SettingsError} */
export function readText<T>(name: string, text: string, read: (text: string) => T): T {
  try {
    return read(text)
  } catch (error) {
    throw new SettingsError(`--${name} ${(error as Error).message}`)
  }
}

export function walletPath(flags: Flags): string {
  return textOf(flags, 'wallet') ?? DEFAULTS.wallet.default_wallet_filename
}

/** The address of the node to ask, such as http://127.0.0.1:55000. @throws {SettingsError} when it is none */
export function nodeUrl(flags: Flags): string {
  return readText('node', textOf(flags, 'node') ?? DEFAULT_NODE, (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    // Credentials would end up in messages; a node takes none.
    if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}${url.pathname}`) return url.href
    throw new Error(`takes an address such as ${DEFAULT_NODE}`)
  })
}
