import type { Io } from './io.js'

export function print(io: Io, text: string): void {
  io.output.write(`${text}\n`)
}

export function printJson(io: Io, value: object): void {
  print(io, JSON.stringify(value, null, 2))
}

/** Something a person should know that is no result. */
export function remark(io: Io, text: string): void {
  io.talk.write(`${text}\n`)
}
