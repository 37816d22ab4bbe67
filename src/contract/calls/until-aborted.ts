/** What the promise gives, or the reason of the signal if that is aborted before. The work itself goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  promise.catch(() => undefined)
  signal.throwIfAborted()
  let give: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    give = () => reject(signal.reason as Error)
    signal.addEventListener('abort', give, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (give) signal.removeEventListener('abort', give)
  }
}
