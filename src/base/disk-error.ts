/** The disk did not take a write, being full or failing. What was to be written does not count, in memory or on the disk. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
}

/** The disk's failure behind an error; undefined where it was something else. */
export function diskErrorIn(error: unknown): DiskError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof DiskError) return each
  return undefined
}
