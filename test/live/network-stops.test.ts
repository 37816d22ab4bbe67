import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, jest, test } from '@jest/globals'
import { isRunning, Launcher, UP, untilGone } from '../app/network/launcher.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'

jest.setTimeout(90_000)

/** A network of one client that is up, and the process of that client. */
async function launch(): Promise<{ launcher: Launcher; name: string; pid: number }> {
  const directory = await temporaryFolder()
  const launcher = new Launcher(
    ...['network', '--directory', directory, '--update-interval', '0.1', '--nodes', '1', '--miners', '1'],
    ...['--base-port', '0', '--dns-port', '0'],
  )
  afterThisTest(async () => {
    launcher.process.kill('SIGKILL')
    await untilGone(launcher.pids())
  })
  await launcher.until(UP)
  const [name, node] = [...launcher.nodes()].at(-1) ?? ['', undefined]
  return { launcher, name, pid: node?.pid ?? 0 }
}

test('a closed terminal stops the network', async () => {
  const { launcher } = await launch()
  launcher.process.kill('SIGHUP')
  expect((await launcher.ended).code).toBe(0)
  expect(launcher.pids().filter(isRunning)).toEqual([])
})

test('a node that does not stop in time is killed and named', async () => {
  const { launcher, name, pid } = await launch()
  process.kill(pid, 'SIGSTOP')
  launcher.process.kill('SIGINT')
  expect((await launcher.ended).code).toBe(0)
  expect(launcher.stdout).toContain(`killed ${name}: no stop in time`)
  expect(launcher.pids().filter(isRunning)).toEqual([])
})

test('a second Ctrl-C kills at once, but one that npm passes on a second time is the first', async () => {
  const { launcher, pid } = await launch()
  process.kill(pid, 'SIGSTOP')
  launcher.process.kill('SIGINT')
  await launcher.until(/^stopping 2 processes \(SIGINT\)$/m)
  launcher.process.kill('SIGINT')
  await delay(600)
  expect(launcher.process.exitCode).toBeNull()
  launcher.process.kill('SIGINT')
  expect((await launcher.ended).code).toBe(130)
  await untilGone(launcher.pids())
})

test('when nobody reads the output any more, the network stops', async () => {
  const { launcher } = await launch()
  const pids = launcher.pids()
  launcher.process.stdout?.destroy()
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await once(launcher.process, 'exit')
  await untilGone(pids)
})
