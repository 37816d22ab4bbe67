/** Feeds the readers of what strangers send with mutations of what is right: `npm run fuzz -- --seconds 60 --seed 1`. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type Finding, fuzz } from './fuzz/fuzz.js'

const MAX_SHOWN = 2000

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
})
const seconds = wholeNumber('seconds', values.seconds)
const seed = values.seed === undefined ? randomInt(2 ** 32) : wholeNumber('seed', values.seed)
console.log(`fuzzing for ${seconds} s with seed ${seed}`)
const { runs, accepted, findings } = await fuzz({ seconds, seed })
for (const finding of findings) console.log(textOf(finding))
console.log(`${runs} inputs, ${accepted} of them accepted, ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not ${JSON.stringify(text)}`)
}

function textOf({ target, fault, input }: Finding): string {
  const shown = JSON.stringify(input.toString('latin1')).slice(0, MAX_SHOWN)
  return `${target} ${fault.slice(0, MAX_SHOWN)}\n  seed ${seed}, ${input.length} bytes: ${shown}`
}
