/** The words that somebody who typed `word` may have meant, nearest first; none when all are far off. */
export function nearest(word: string, words: readonly string[]): string[] {
  const limit = Math.max(2, Math.floor(word.length / 2))
  return words
    .map((candidate) => ({
      candidate,
      distance: candidate.startsWith(word) ? 0 : distance(word, candidate),
    }))
    .filter((entry) => entry.distance <= limit && entry.distance < entry.candidate.length)
    .sort((a, b) => a.distance - b.distance)
    .map((entry) => entry.candidate)
}

/** Letters to add, drop or change to turn `from` into `to` (Levenshtein), row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1]
    for (let column = 0; column < to.length; column++) {
      const changed = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1)
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
