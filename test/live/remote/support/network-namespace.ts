import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterThisTest } from '../../../support/cleanup.js'

const run = promisify(execFile)

const NAME = `terrarium-${process.pid}`
const OUTSIDE = `tv${process.pid % 100_000}a`
const INSIDE = `tv${process.pid % 100_000}b`

/** Meant for tests of networks (RFC 2544): no other network has them. */
const OUTSIDE_ADDRESS = '198.18.247.1'
const INSIDE_ADDRESS = '198.18.247.2'

async function ip(...args: string[]): Promise<void> {
  await run('ip', args)
}

/** Whether this machine lets us have network namespaces, and lose packets. */
export async function hasNamespaces(): Promise<boolean> {
  try {
    await run('tc', ['-V'])
    await run('ss', ['-V'])
    await ip('netns', 'add', NAME)
    await ip('netns', 'del', NAME)
    return true
  } catch {
    return false
  }
}

/** A network of its own for processes, with one cable to this machine; gone after the test. */
export class NetworkNamespace {
  /** This machine's end of the cable. */
  readonly outside = OUTSIDE_ADDRESS
  /** What starts a program in it. */
  readonly prefix = ['ip', 'netns', 'exec', NAME] as const

  static async create(): Promise<NetworkNamespace> {
    await ip('netns', 'add', NAME)
    // The cable goes with it.
    afterThisTest(() => ip('netns', 'del', NAME))
    await ip('link', 'add', OUTSIDE, 'type', 'veth', 'peer', 'name', INSIDE, 'netns', NAME)
    await ip('addr', 'add', `${OUTSIDE_ADDRESS}/30`, 'dev', OUTSIDE)
    await ip('link', 'set', OUTSIDE, 'up')
    await ip('-n', NAME, 'addr', 'add', `${INSIDE_ADDRESS}/30`, 'dev', INSIDE)
    await ip('-n', NAME, 'link', 'set', INSIDE, 'up')
    await ip('-n', NAME, 'link', 'set', 'lo', 'up')
    return new NetworkNamespace()
  }

  /** From now on every packet is lost, in the directions given; no end of a connection is told. */
  async lose({
    toNode = true,
    toClient = true,
  }: { toNode?: boolean; toClient?: boolean } = {}): Promise<void> {
    const loss = ['root', 'pfifo', 'limit', '0']
    if (toClient) await run('tc', ['qdisc', 'replace', 'dev', OUTSIDE, ...loss])
    if (toNode) await run('tc', ['-n', NAME, 'qdisc', 'replace', 'dev', INSIDE, ...loss])
  }

  /** Whether a process in it holds a connection to a port of this machine. */
  async isConnectedTo(port: number): Promise<boolean> {
    const [program, ...args] = [...this.prefix, 'ss', '-Htn', 'state', 'established', 'dport', `= :${port}`]
    return (await run(program, args)).stdout !== ''
  }

  async heal(): Promise<void> {
    for (const where of [
      ['dev', OUTSIDE],
      ['dev', INSIDE],
    ] as const) {
      const args = where[1] === INSIDE ? ['-n', NAME] : []
      await run('tc', [...args, 'qdisc', 'del', ...where, 'root']).catch(() => undefined)
    }
  }
}
