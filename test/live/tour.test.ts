import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { Health } from '../../src/api/methods/health.js'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { freeBasePort } from '../app/network/launcher.js'
import { afterThisTest } from '../support/cleanup.js'
import { checkout, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(180_000)

const PATIENCE_MS = 60_000

/** The commands of the README's tour, one entry for each block; `terminal`: it wants a terminal of its own. */
async function tour(): Promise<{ text: string; terminal: boolean }[]> {
  const text = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8')
  return [...text.matchAll(/^```sh tour( terminal)?\n([\s\S]*?)^```$/gm)].map(([, terminal, block = '']) => ({
    text: block,
    terminal: terminal !== undefined,
  }))
}

/** A shell that stays open, as a person's does: what one command sets, the next one sees. */
class Shell {
  readonly #child: ChildProcessWithoutNullStreams
  #output = ''

  constructor(cwd: string, env: Record<string, string>) {
    this.#child = spawn('bash', ['-e'], { cwd, env })
    this.#child.stdout.on('data', (chunk) => (this.#output += String(chunk)))
    this.#child.stderr.on('data', (chunk) => (this.#output += String(chunk)))
    afterThisTest(() => this.#child.kill('SIGKILL'))
  }

  /** What the commands print. */
  async run(commands: string): Promise<string> {
    this.#output = ''
    this.#child.stdin.write(`${commands}\necho; echo END\n`)
    await waitFor(
      `the end of ${commands}`,
      () => {
        if (this.#child.exitCode !== null) throw new Error(`failed: ${commands}\n${this.#output}`)
        return /^END$/m.test(this.#output)
      },
      PATIENCE_MS,
    )
    return this.#output.replace(/\nEND\n$/, '')
  }
}

test('every command of the tour in the README does what is said of it', async () => {
  const cwd = await checkout()
  const first = await freeBasePort(4)
  const [second, third, seed] = [first + 1, first + 2, first + 3]
  const ported = (text: string): string =>
    text
      .replaceAll('wallet send', `wallet send --node http://127.0.0.1:${first}`)
      .replaceAll('55000', String(first))
      .replaceAll('55002', String(third))
  const environment = { PATH: process.env['PATH'] ?? '', TERRARIUM_DNS_PORT: String(seed) }
  const health = async (port: number): Promise<Health> =>
    (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as Health
  const network = new Program(cwd, [
    ...['dist/terrarium.js', 'network', '--block-time', '2'],
    ...['--base-port', String(first), '--dns-port', String(seed)],
  ])
  // Before its folder is removed: killed, it would leave nodes behind that still write for a moment.
  afterThisTest(() => network.kill('SIGINT'))
  const seen = (what: string, pattern: RegExp) =>
    waitFor(what, () => pattern.test(network.text()), PATIENCE_MS)
  await seen('the network to agree', /^3 nodes agree on the chain/m)

  const shell = new Shell(cwd, environment)
  const [look, send, kill, restart, fork, heal, ...more] = await tour()
  expect(more).toEqual([])
  const run = (block: { text: string } | undefined) => shell.run(ported(block?.text ?? ''))

  expect(JSON.parse(await run(look))).toMatchObject({ height: 1, transaction_count: 1 })
  expect(await run(send)).toMatch(/^1 +account 1 +2\.5 /m)
  await run(kill)
  await seen('the others to forget the node', new RegExp(`^\\[${first}\\] forgot ${third}`, 'm'))

  expect(restart?.terminal).toBe(true)
  const args = ported(restart?.text ?? '')
    .trim()
    .split(' ')
  const byHand = new Program(cwd, args.slice(1), environment)
  await byHand.url()
  await waitFor(
    'the node to fetch what it missed',
    async () => (await health(third)).tip_hash === (await health(first)).tip_hash,
    PATIENCE_MS,
  )

  const forked = await run(fork)
  expect(forked).not.toContain('"error"')
  expect(forked).toMatch(/"status":"invalid"/)
  await waitFor(
    'the others to go on and to know of the branch',
    async () => {
      const tips = (await (await fetch(`http://127.0.0.1:${first}/blocks/tips/`)).json()) as unknown[]
      return tips.length === 2 && (await health(second)).height > (await health(third)).height
    },
    PATIENCE_MS,
  )

  expect(await run(heal)).not.toContain('"error"')
  await waitFor(
    'all to agree again',
    async () =>
      new Set((await Promise.all([first, second, third].map(health))).map((h) => h.tip_hash)).size === 1,
    PATIENCE_MS,
  )
})
