import { beforeAll, test } from '@jest/globals'
import { type Language, LANGUAGES, isAvailable, readyFolder } from './languages.js'

const available = new Map(
  await Promise.all(LANGUAGES.map(async (each) => [each, await isAvailable(each)] as const)),
)

/** Makes all templates ready before the first test, and says in the report which languages are left out. */
export function reportAbsent(): void {
  beforeAll(() => allOf(languages().map(readyFolder)), SET_UP_MS)
  for (const [{ name }, isThere] of available)
    if (!isThere) test.skip(`${name}: its toolchain is absent, nothing below was run for it`, () => undefined)
}

/** Compilers and package registries take their time. */
const SET_UP_MS = 300_000

/** Those that this machine can run; `LANGUAGES=typescript,go` in the environment names fewer. */
export function languages(): readonly Language[] {
  const wanted = process.env['LANGUAGES']?.split(',')
  return [...available].flatMap(([each, isThere]) =>
    isThere && (wanted === undefined || wanted.includes(each.name)) ? [each] : [],
  )
}

/** Runs the check for all languages at once; every fault is told with the name of its language. */
export async function inEachLanguage(check: (language: Language) => Promise<void>): Promise<void> {
  const named = async (language: Language): Promise<void> => {
    try {
      await check(language)
    } catch (error) {
      throw new Error(`${language.name}: ${textOf(error)}`)
    }
  }
  await allOf(languages().map(named))
}

/** Waits for all of them, however they end, and tells all faults. */
export async function allOf(checks: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(checks)
  const faults = ended.flatMap((each) => (each.status === 'rejected' ? [textOf(each.reason)] : []))
  if (faults.length > 0) throw new Error(faults.join('\n\n'))
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
