import { readFileSync } from 'node:fs'
import { JsonError, parseJson } from '../../base/json.js'
import { messageOf } from '../../base/errors.js'
import { commandLine, parse } from './command-line.js'
import { SettingsError } from './errors.js'
import { configKey, environmentName, type Program, type Setting } from './setting.js'
import { DEFAULT_TEXTS, SETTINGS } from './table.js'

export type SettingName = keyof typeof SETTINGS

/** Where a value came from, as an error should name it, and its text. */
export interface GivenText {
  readonly origin: string
  readonly text: string
}
export type Given = Partial<Record<SettingName, GivenText>>

export interface ProgramText {
  readonly name: string
  readonly program: Program
  readonly describe: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
}

/** What was given on the command line, in the environment and in the config file; the first of these wins. */
export async function givenSettings(
  text: ProgramText,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Given> {
  const flags = await parseFlags(text, args)
  const own = settingsOf(text.program)
  const configPath = flags['config'] ?? environment['TERRARIUM_CONFIG']
  const config = configPath === undefined ? {} : readConfig(configPath, own)
  const given: Given = {}
  for (const [name, setting] of own) {
    const variable = environmentName(setting)
    const candidates = [
      [flags[setting.flag], `--${setting.flag}`],
      [environment[variable], variable],
      [config[configKey(setting)], `${configKey(setting)} in ${configPath}`],
    ] as const
    const found = candidates.find(([value]) => value !== undefined)
    if (found?.[0] !== undefined) given[name] = { text: found[0], origin: found[1] }
  }
  return given
}

function settingsOf(program: Program): [SettingName, Setting<unknown>][] {
  const all = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]
  return all.filter(([, setting]) => setting.programs.includes(program))
}

async function parseFlags(
  text: ProgramText,
  args: readonly string[],
): Promise<Record<string, string | undefined>> {
  const parser = commandLine(text.name, '[options]', text.describe)
    .demandCommand(0, 0, '', 'takes no words, only options')
    .option('config', {
      type: 'string',
      requiresArg: true,
      group: 'Running:',
      describe: 'JSON file of settings, named like the long flags with underscores',
    })
    .epilogue(
      'A setting may also come from the environment (TERRARIUM_UPD_INT=5) or the config file ({"upd_int": 5}).\nFlags win over the environment, the environment over the config file. A flag given twice counts as given last.',
    )
  for (const [command, meaning] of text.examples) parser.example(command, meaning)
  for (const [name, setting] of settingsOf(text.program)) {
    const fallback = DEFAULT_TEXTS[text.program][name]
    parser.option(setting.flag, {
      type: 'string',
      requiresArg: true,
      group: `${setting.group}:`,
      describe: `${setting.describe}${fallback === undefined ? '' : ` [${fallback}]`}`,
      ...(setting.short === undefined ? {} : { alias: setting.short }),
    })
  }
  return parse(parser, args)
}

function readConfig(path: string, own: readonly [SettingName, Setting<unknown>][]): Record<string, string> {
  const config = parseConfig(path)
  const known = new Set(own.map(([, setting]) => configKey(setting)))
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(config)) {
    if (!known.has(key)) throw new SettingsError(`${path} has an unknown setting ${JSON.stringify(key)}`)
    const isText = typeof value === 'string' || typeof value === 'number' || Array.isArray(value)
    if (!isText) throw new SettingsError(`${key} in ${path} must be a text, a number or a list`)
    texts[key] = String(value)
  }
  return texts
}

function parseConfig(path: string): object {
  try {
    const config = parseJson(readFileSync(path, 'utf8'))
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
    throw new JsonError('it is no JSON object')
  } catch (error) {
    throw new SettingsError(`cannot read the config file ${path}: ${messageOf(error)}`)
  }
}
