import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LogBuffer } from '../src/runtime/log-buffer.js'

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function sizeOf({ stdout, stderr }: { stdout: string; stderr: string }): number {
  return Buffer.byteLength(stdout) + Buffer.byteLength(stderr)
}

test('what fits is given whole', () => {
  const logs = new LogBuffer(1000)
  for (let line = 0; line < 100; line++) logs.write('stdout', bytes(`line ${line}\n`.padEnd(8)))
  logs.write('stderr', bytes('oh'))
  const { stdout, stderr, truncated } = logs.read()
  assert.equal(stdout.split('\n').length, 101)
  assert.equal(stderr, 'oh')
  assert.equal(truncated, false)
})

test('of too much the head and the tail are kept, with a mark between them', () => {
  const logs = new LogBuffer(1000)
  for (let line = 0; line < 1000; line++) logs.write('stdout', bytes(`line ${line}\n`))
  const chunk = logs.read()
  assert.match(chunk.stdout, /^line 0\n/)
  assert.match(chunk.stdout, /\[\.\.\. \d+ bytes left out \.\.\.\]/)
  assert.match(chunk.stdout, /line 999\n$/)
  assert.equal(chunk.truncated, true)
  assert.ok(sizeOf(chunk) <= 1000)
})

test('the mark says how many bytes are missing', () => {
  const logs = new LogBuffer(500)
  logs.write('stdout', bytes('x'.repeat(10_000)))
  const { stdout } = logs.read()
  const left = Number(/(\d+) bytes left out/.exec(stdout)?.[1])
  assert.equal(left + [...stdout.matchAll(/x/g)].length, 10_000)
})

test('both streams together keep the limit', () => {
  const logs = new LogBuffer(1000)
  logs.write('stdout', bytes('o'.repeat(900)))
  logs.write('stderr', bytes('e'.repeat(900)))
  const chunk = logs.read()
  assert.ok(sizeOf(chunk) <= 1000)
  assert.equal(chunk.truncated, true)
})

test('no character is cut in two', () => {
  for (const size of [256, 257, 258, 259]) {
    const logs = new LogBuffer(size)
    for (let count = 0; count < 300; count++) logs.write('stdout', bytes('€'))
    assert.doesNotMatch(logs.read().stdout, /\uFFFD/)
  }
})

test('any pieces give the same as the whole', () => {
  const text = Array.from({ length: 3000 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('')
  for (const piece of [1, 7, 100, 499, 1000, 3000]) {
    const logs = new LogBuffer(501)
    for (let at = 0; at < text.length; at += piece) logs.write('stdout', bytes(text.slice(at, at + piece)))
    const whole = new LogBuffer(501)
    whole.write('stdout', bytes(text))
    assert.deepEqual(logs.read(), whole.read())
  }
})

test('after clear nothing is left', () => {
  const logs = new LogBuffer(300)
  logs.write('stderr', bytes('old'.repeat(500)))
  logs.clear()
  logs.write('stdout', bytes('new'))
  assert.deepEqual(logs.read(), { stdout: 'new', stderr: '', truncated: false })
})
