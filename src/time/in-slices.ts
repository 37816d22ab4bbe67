import type { Steps } from '../base/steps.js'

/** How long others wait at most, besides the last step of a slice. */
const SLICE_MS = 4

/** Runs the steps, and lets others have their turn between slices of a few milliseconds. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const endMs = performance.now() + SLICE_MS
    do {
      const { done, value } = steps.next()
      if (done) return value
    } while (performance.now() < endMs)
    await new Promise(setImmediate)
  }
}
