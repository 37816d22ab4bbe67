import { AsyncLocalStorage } from 'node:async_hooks'
import type { LogBuffer, LogStream } from './log-buffer.js'

interface Capture {
  readonly buffer: LogBuffer
  isOpen: boolean
}

const captures = new AsyncLocalStorage<Capture>()

/**
 * Runs the task, whose output on stdout and stderr goes into the buffer, until it ends. What code of the task that was left
 * running prints later is dropped: the buffer is another invocation's by then.
 */
export async function captureOutput<T>(buffer: LogBuffer, task: () => Promise<T>): Promise<T> {
  const capture: Capture = { buffer, isOpen: true }
  try {
    return await captures.run(capture, task)
  } finally {
    capture.isOpen = false
  }
}

/** Puts the capture before stdout and stderr of this thread. What no invocation prints goes where it always went. */
export function interceptOutput(): void {
  intercept('stdout')
  intercept('stderr')
}

function intercept(name: LogStream): void {
  const stream = process[name]
  const original = stream.write.bind(stream) as (...args: unknown[]) => boolean
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const capture = captures.getStore()
    if (capture === undefined) return original(chunk, ...rest)
    if (capture.isOpen) capture.buffer.write(name, bytesOf(chunk, rest[0]))
    const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined
    if (done !== undefined) process.nextTick(done)
    return true
  }
  stream.write = write as typeof stream.write
}

function bytesOf(chunk: string | Uint8Array, encoding: unknown): Uint8Array {
  if (typeof chunk !== 'string') return chunk
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
}
