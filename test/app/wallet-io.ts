import { PassThrough, Readable } from 'node:stream'
import { walletCommands } from '../../src/app/commands/wallet/commands.js'
import type { Io } from '../../src/app/commands/wallet/io.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'

/** A terminal that a test types at. */
class Terminal extends PassThrough {
  readonly isTTY = true
  readonly columns = 100

  setRawMode(): this {
    return this
  }
}

export interface WalletRun {
  readonly stdout: string
  /** Questions, progress and warnings. */
  readonly talk: string
  readonly error: Error | undefined
}

export interface WalletSurroundings {
  /** Everything on stdin where there is no terminal. */
  readonly input?: string
  readonly passphrase?: string
  /** Sits at a terminal and answers each question with the next of these. */
  readonly answers?: readonly (readonly [question: RegExp, answer: string])[]
  readonly now?: () => number
}

/** Runs `terrarium wallet <args>` within this process, to its end. */
export function runWallet(
  args: readonly string[],
  surroundings: WalletSurroundings = {},
): Promise<WalletRun> {
  return startWallet(args, surroundings).ended
}

export interface WalletStart {
  /** What was said so far. */
  readonly talk: () => string
  readonly ended: Promise<WalletRun>
}

/** Starts {@link runWallet}. */
export function startWallet(
  [word = '', ...args]: readonly string[],
  surroundings: WalletSurroundings = {},
): WalletStart {
  const { passphrase, answers, now = Date.now } = surroundings
  const isTerminal = answers !== undefined
  const output = isTerminal ? new Terminal() : new PassThrough()
  const talk = isTerminal ? new Terminal() : new PassThrough()
  const input = isTerminal ? new Terminal() : Readable.from([surroundings.input ?? ''])
  const [stdout, said] = [textOf(output), textOf(talk)]
  const environment = passphrase === undefined ? {} : { TERRARIUM_WALLET_PASSPHRASE: passphrase }
  const io: Io = { input, output, talk, environment, now }
  const command = walletCommands(io).find(({ name }) => name === word)
  if (!command) throw new Error(`there is no command ${word}`)
  let isOver = false
  const running = command
    .run(args)
    .then(() => undefined)
    .catch((error: unknown) => error as Error)
    .finally(() => (isOver = true))
  const typing = type(input, said, answers ?? [], () => isOver)
  afterThisTest(() => input.destroy())
  const ended = running.then(async (error) => {
    await typing
    return { stdout: stdout(), talk: said(), error }
  })
  return { talk: said, ended }
}

function textOf(stream: PassThrough): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}

async function type(
  input: Readable,
  said: () => string,
  answers: readonly (readonly [RegExp, string])[],
  isOver: () => boolean,
): Promise<void> {
  let seen = 0
  for (const [question, answer] of answers) {
    await waitFor(`the question ${question}`, () => isOver() || question.test(said().slice(seen)), 20_000)
    if (isOver()) return
    seen = said().length
    ;(input as Terminal).write(`${answer}\r`)
  }
}
