import { messageOf } from '../../base/errors.js'
import { HelpAsked, SettingsError } from '../settings/errors.js'
import type { Command } from './command.js'
import { commandLine, parse } from '../settings/command-line.js'
import { nearest } from './nearest.js'

const USAGE_ERROR = 2
const FAILURE = 1

/** Runs the command that the first word names, with the rest of the words. Sets the exit status. */
export async function runCommand(
  commands: readonly Command[],
  words: readonly string[],
  name = 'terrarium',
  purpose = 'A whole blockchain under glass.',
): Promise<void> {
  const [word, ...args] = words
  const command = commands.find(({ name }) => name === word)
  try {
    if (command) await command.run(args)
    else await explain(commands, words, name, purpose)
  } catch (error) {
    end(error, command ? `${name} ${command.name}` : name)
  }
}

/** No command was named, or an unknown one. */
async function explain(
  commands: readonly Command[],
  words: readonly string[],
  name: string,
  purpose: string,
): Promise<void> {
  const [word] = words
  if (word !== undefined && !word.startsWith('-')) throw new SettingsError(unknownCommand(commands, word))
  const parser = commandLine(name, '<command> [options]', purpose)
    .example(`$0 ${commands[0]?.name ?? ''} --help`, 'the options of a command')
    .epilogue('Every command has its own --help.')
  for (const each of commands) parser.command(each.name, each.describe)
  await parse(parser, word === undefined ? ['--help'] : words)
}

function unknownCommand(commands: readonly Command[], word: string): string {
  const names = commands.map(({ name }) => name)
  const near = nearest(word, names)
  const cure = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.join(', ')}`
  return `there is no command ${JSON.stringify(word)}: ${cure}`
}

function end(error: unknown, name: string): void {
  if (error instanceof HelpAsked) {
    process.stdout.write(`${error.message}\n`)
    return
  }
  const isUsage = error instanceof SettingsError
  process.stderr.write(`${name}: ${messageOf(error)}${isUsage ? ' (--help explains)' : ''}\n`)
  process.exitCode = isUsage ? USAGE_ERROR : FAILURE
}
