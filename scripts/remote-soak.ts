/** Upsets a node and the clients of its contracts for a while, then audits: `npm run soak -- --seconds 1800 --seed 1`. */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { PACKAGE_ROOT } from '../src/app/package-info.js'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '1800' }, seed: { type: 'string' } },
})
const soak = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--testPathIgnorePatterns',
    'nothing',
    '--runTestsByPath',
    'test/live/remote/soak.test.ts',
  ],
  {
    cwd: PACKAGE_ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      SOAK_SECONDS: wholeNumber('seconds', values.seconds),
      SOAK_SEED: values.seed === undefined ? String(randomInt(2 ** 32)) : wholeNumber('seed', values.seed),
    },
  },
)
soak.on('close', (code) => (process.exitCode = code ?? 1))

function wholeNumber(name: string, text: string): string {
  if (/^\d{1,10}$/.test(text)) return text
  throw new Error(`--${name} takes a whole number, not ${JSON.stringify(text)}`)
}
