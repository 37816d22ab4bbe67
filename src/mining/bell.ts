/** Remembers that it was rung until somebody who waits for it is woken. For one who waits at a time. */
export class Bell {
  #isRung = false
  #wake: () => void = () => undefined

  readonly ring = (): void => {
    this.#isRung = true
    this.#wake()
  }

  silence(): void {
    this.#isRung = false
  }

  /** Resolves when the bell was rung since it was last silenced, or once the signal aborts. */
  async rung(signal: AbortSignal): Promise<void> {
    if (this.#isRung || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        signal.removeEventListener('abort', this.#wake)
        resolve()
      }
      signal.addEventListener('abort', this.#wake)
    })
  }
}
