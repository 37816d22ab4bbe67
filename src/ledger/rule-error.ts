/**
 * A rule of the chain is broken. `rule` is its number in docs/spec/chain.md (such as `TX-7`), so that a reader, a test
 * and another implementation mean the same sentence.
 */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  readonly rule: string

  constructor(rule: string, message: string) {
    super(message)
    this.rule = rule
  }
}
