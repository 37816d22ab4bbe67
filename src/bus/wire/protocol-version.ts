/** The version of the protocol that we speak. */
export const PROTOCOL_VERSION = '0.1'

/** Whether a peer of `version` can be talked to: the major number must be ours. */
export function isCompatible(version: string, ours: string = PROTOCOL_VERSION): boolean {
  return majorOf(version) !== undefined && majorOf(version) === majorOf(ours)
}

/** Whether an offered version is enough for one that is asked for: the same major number, and not older. */
export function satisfies(offered: string, wanted: string): boolean {
  if (!isCompatible(offered, wanted)) return false
  const [have, want] = [numbersOf(offered), numbersOf(wanted)]
  const at = want.findIndex((number, i) => number !== (have[i] ?? 0))
  return at < 0 || (have[at] ?? 0) > (want[at] ?? 0)
}

function majorOf(version: string): number | undefined {
  const match = /^\s*(\d{1,9})(?:\.|\s*$)/.exec(version)
  return match ? Number(match[1]) : undefined
}

function numbersOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0)
}
