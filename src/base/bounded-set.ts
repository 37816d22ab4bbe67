/** A set that forgets its oldest members once it holds `capacity`. */
export class BoundedSet {
  readonly #members = new Set<string>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#members.size
  }

  has(member: string): boolean {
    return this.#members.has(member)
  }

  /** Returns whether the member is new. */
  add(member: string): boolean {
    if (this.#members.has(member)) return false
    this.#members.add(member)
    if (this.#members.size > this.#capacity) this.#forgetOldest()
    return true
  }

  delete(member: string): void {
    this.#members.delete(member)
  }

  clear(): void {
    this.#members.clear()
  }

  #forgetOldest(): void {
    for (const member of this.#members) {
      this.#members.delete(member)
      return
    }
  }
}
