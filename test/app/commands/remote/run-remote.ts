import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jest } from '@jest/globals'
import type { Command } from '../../../../src/app/commands/command.js'
import { runCommand } from '../../../../src/app/commands/run-command.js'
import { afterThisTest } from '../../../support/cleanup.js'
import { type FakeNode, fakeNode } from '../../../support/fake-node.js'

/** A node that answers as the examples of the method table say; `replace` has other results for some methods. */
export async function servedNode(
  replace: Readonly<Record<string, (params: unknown) => unknown>> = {},
): Promise<{ readonly url: string; readonly node: FakeNode }> {
  const plain = fakeNode()
  const node = fakeNode({
    dispatch: (name, params, caller) => {
      const own = replace[name]
      return own ? Promise.resolve(own(params)) : plain.dispatch(name, params, caller)
    },
  })
  const server = createServer(node.app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterThisTest(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, node: plain }
}

export interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Runs one of the commands in this process, and says what it printed and how it ended. */
export async function ran(commands: readonly Command[], words: readonly string[]): Promise<Run> {
  const texts = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
      texts[name] += String(chunk)
      return true
    }),
  )
  const before = process.exitCode
  process.exitCode = 0
  try {
    await runCommand(commands, words, 'terrarium test')
    return { ...texts, code: process.exitCode }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}
