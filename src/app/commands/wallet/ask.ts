import { confirm, isCancel, password } from '@clack/prompts'
import type { Io } from './io.js'

/** What is typed, which shows nowhere, not even its length. @throws {Error} when the person cancels */
export function askSecret(io: Io, question: string): Promise<string> {
  return answered<string>(password({ message: question, mask: '', ...looks(io) }))
}

/** Whether the person says yes; no is what Enter means. @throws {Error} when the person cancels */
export function askYes(io: Io, question: string): Promise<boolean> {
  return answered<boolean>(confirm({ message: question, initialValue: false, ...looks(io) }))
}

function looks({ input, talk }: Io) {
  return { input, output: talk, withGuide: false }
}

async function answered<T>(prompt: Promise<T | symbol>): Promise<T> {
  const answer = await prompt
  if (isCancel(answer)) throw new Error('cancelled; nothing was done')
  return answer as T
}
