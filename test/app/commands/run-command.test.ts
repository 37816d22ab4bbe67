import { expect, test } from '@jest/globals'
import { nearest } from '../../../src/app/commands/nearest.js'
import { COMMANDS } from '../../../src/app/commands/table.js'
import { Launcher } from '../network/launcher.js'

const NAMES = ['network', 'client', 'dns', 'wallet', 'chain']

test.each([
  ['netwrok', ['network']],
  ['net', ['network']],
  ['clien', ['client']],
  ['chian', ['chain']],
  ['c', ['client', 'chain']],
  ['xyzzy', []],
])('%s is nearest to %j', (word, found) => {
  expect(nearest(word, NAMES)).toEqual(found)
})

async function terrarium(...args: string[]) {
  const run = new Launcher(...args)
  const { code } = await run.ended
  return { code, stdout: run.stdout, stderr: run.stderr }
}

test('--help, and no word at all, list every command', async () => {
  const { code, stdout, stderr } = await terrarium('--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const { name, describe } of COMMANDS) {
    expect(stdout).toMatch(new RegExp(`terrarium ${name} +${describe}`))
  }
  expect(await terrarium()).toEqual({ code, stdout, stderr })
})

test('an unknown command is named with the nearest, in one line and with status 2', async () => {
  expect(await terrarium('netwrok', '--nodes', '3')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'terrarium: there is no command "netwrok": did you mean network? (--help explains)\n',
  })
})

test('a wrong flag of a command is one line with status 2', async () => {
  expect(await terrarium('network', '--nodes', '51')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'terrarium network: --nodes takes a whole number from 1 to 50, not "51" (--help explains)\n',
  })
})

test.each(['client', 'dns'])('%s takes the flags of the program of that name', async (name) => {
  const { stdout } = await terrarium(name, '--help')
  expect(stdout).toContain(`Usage: terrarium ${name} [options]`)
  expect(stdout).toContain('--upd_int')
})
