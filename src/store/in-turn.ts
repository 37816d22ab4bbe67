import { resolve } from 'node:path'

/** The end of the last job asked for, by folder; a folder without jobs has no entry. */
const lastJobs = new Map<string, Promise<void>>()

/**
 * Runs `job` after every job asked for earlier on the same folder has ended, however it ended. What looks at a file and
 * then replaces it, moves it or removes it does so in one turn. A job must not ask for a turn on its own folder: it
 * would wait for itself.
 */
export function inTurn<T>(folder: string, job: () => Promise<T>): Promise<T> {
  const key = resolve(folder)
  const result = (lastJobs.get(key) ?? Promise.resolve()).then(job)
  const end: Promise<void> = result.then(nothing, nothing).then(() => {
    if (lastJobs.get(key) === end) lastJobs.delete(key)
  })
  lastJobs.set(key, end)
  return result
}

function nothing(): void {
  // A job's failure belongs to whoever asked for it, not to the next in the line.
}
