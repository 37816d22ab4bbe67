/** Long work cut into short steps, so that whoever runs it may rest between two of them. Each `yield` ends a step. */
export type Steps<T> = Generator<void, T, void>

/** Runs all steps at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
