/** Runs each job after all that were asked for earlier have ended, however they ended. */
export type OneAtATime = <T>(job: () => Promise<T>) => Promise<T>

export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  return (job) => {
    const result = last.then(job)
    // A job's failure belongs to whoever asked for it.
    last = result.catch(() => undefined)
    return result
  }
}
