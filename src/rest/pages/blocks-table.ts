/** One block as lists show it. */
export interface ListedBlock {
  readonly height: number
  readonly hash: string
  readonly transactionCount: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
}

/** A table of blocks, each with a link to its contents. */
export function blocksTable(blocks: readonly ListedBlock[], nowMs: number): string {
  const rows = blocks.map(
    ({ height, hash, transactionCount, timestamp }) =>
      `<tr><td><a href="/blocks/${height}/">${height}</a></td><td>${age(nowMs - timestamp)}</td><td>${transactionCount}</td><td><a href="/blocks/${height}/"><code>${hash}</code></a></td></tr>`,
  )
  return `<table>
<tr><th>height</th><th>age</th><th>transactions</th><th>hash</th></tr>
${rows.join('\n')}
</table>`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** In the largest unit that fits; clocks of nodes differ, so a block may come from the future. */
function age(ms: number): string {
  const unit = UNITS.find(([, length]) => ms >= length)
  return unit ? `${Math.floor(ms / unit[1])} ${unit[0]}` : `${Math.max(0, Math.floor(ms / 1000))} s`
}
