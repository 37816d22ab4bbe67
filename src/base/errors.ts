/** Our own bug: a state the code relies on did not hold. Never caused by input from outside. */
export class AssertError extends Error {
  override readonly name = 'AssertError'
}

/** Throws {@link AssertError} unless `condition` holds; narrows types for the compiler. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertError(message)
}

/** The message of anything thrown, for logs and error texts. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
