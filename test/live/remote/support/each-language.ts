import { test } from '@jest/globals'
import { type Language, LANGUAGES, isAvailable } from './languages.js'

const available = new Map(
  await Promise.all(LANGUAGES.map(async (each) => [each, await isAvailable(each)] as const)),
)

/** Says in the report which languages are left out. */
export function reportAbsent(): void {
  for (const [{ name }, isThere] of available)
    if (!isThere) test.skip(`${name}: its toolchain is absent, nothing below was run for it`, () => undefined)
}

/** Those that this machine can run; `LANGUAGES=typescript,go` in the environment names fewer. */
export function languages(): readonly Language[] {
  const wanted = process.env['LANGUAGES']?.split(',')
  return [...available].flatMap(([each, isThere]) =>
    isThere && (wanted === undefined || wanted.includes(each.name)) ? [each] : [],
  )
}

/** Runs the check for all languages at once; every fault is told with the name of its language. */
export async function inEachLanguage(check: (language: Language) => Promise<void>): Promise<void> {
  const all = languages()
  const ended = await Promise.allSettled(all.map(async (each) => check(each)))
  const faults = ended.flatMap((end, at) => {
    if (end.status === 'fulfilled') return []
    const reason: unknown = end.reason
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
    return [`${all[at]?.name}: ${text}`]
  })
  if (faults.length > 0) throw new Error(faults.join('\n\n'))
}
