/** Our own bug: a state the code relies on did not hold. Never caused by input from outside. */
export class AssertError extends Error {
  override readonly name = 'AssertError'
}

/** Throws {@link AssertError} unless `condition` holds; narrows types for the compiler. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertError(message)
}

/** The message of anything thrown, for logs and error texts. Goes by shape: an error may come from another realm. */
export function messageOf(error: unknown): string {
  const message: unknown =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined
  return typeof message === 'string' ? message : String(error)
}
