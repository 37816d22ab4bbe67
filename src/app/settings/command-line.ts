import yargs, { type Argv } from 'yargs'
import { messageOf } from '../../base/errors.js'
import { VERSION } from '../package-info.js'
import { HelpAsked, SettingsError } from './errors.js'

/**
 * Text stays text until a setting reads it: no guessing of numbers, no made-up spellings. Without `short-option-groups`
 * off, the multi-letter short flag -bf would silently mean -b -f.
 */
const PARSER = {
  'short-option-groups': false,
  'duplicate-arguments-array': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'boolean-negation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
}

/** A strict yargs parser that neither prints nor exits; `name` is what the user typed so far. */
export function commandLine(name: string, usage: string, describe: string): Argv {
  return yargs([])
    .scriptName(name)
    .usage(`Usage: $0 ${usage}\n\n${describe}`)
    .parserConfiguration(PARSER)
    .locale('en')
    .wrap(Math.min(110, process.stdout.columns || 110))
    .version(VERSION)
    .help('help', 'show this text')
    .alias('help', 'h')
    .strict()
    .exitProcess(false)
    .fail(false)
}

/** What yargs hands back; its own types leave the callback's error loose. */
interface Parser {
  parse(
    args: readonly string[],
    context: object,
    done: (error: Error | undefined, argv: object, output: string) => void,
  ): unknown
}

/** The given flags as texts. @throws {SettingsError} naming what is wrong. @throws {HelpAsked} with the text to show. */
export function parse(parser: Argv, args: readonly string[]): Promise<Record<string, string | undefined>> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, argv: object, output: string): void => {
      if (error) reject(new SettingsError(error.message))
      else if (output !== '') reject(new HelpAsked(withoutTypes(output)))
      else resolve(argv as Record<string, string | undefined>)
    }
    try {
      ;(parser as unknown as Parser).parse(args, {}, done)
    } catch (error) {
      reject(new SettingsError(messageOf(error)))
    }
  })
}

/** What follows a flag is said in words; "[string]" behind each one tells nobody anything. */
function withoutTypes(help: string): string {
  return help.replaceAll(/\s+\[(?:string|boolean)\](?= \[required\]|$)/gm, '')
}
