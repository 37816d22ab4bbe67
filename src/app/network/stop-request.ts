const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm passes on a Ctrl-C that has reached us already; a person is not that quick. */
const SAME_REQUEST_MS = 500

/** The wish of whoever started this process that it stop: a signal, or nobody reading what it writes. */
export class StopRequest {
  readonly #controller = new AbortController()
  readonly #onInsist: () => void
  #askedAtMs = 0

  /** `onInsist` is called when the wish is repeated. */
  constructor(onInsist: () => void) {
    this.#onInsist = onInsist
    for (const name of SIGNALS) process.on(name, this.#onSignal)
    for (const stream of [process.stdout, process.stderr]) stream.on('error', this.#onDeafReader)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What it was that asked; resolves never if nothing does. */
  async asked(): Promise<string> {
    if (!this.signal.aborted)
      await new Promise((resolve) => this.signal.addEventListener('abort', resolve, { once: true }))
    return String(this.signal.reason)
  }

  close(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal)
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    if (!this.signal.aborted) this.#ask(name)
    else if (performance.now() - this.#askedAtMs > SAME_REQUEST_MS) this.#onInsist()
  }

  readonly #onDeafReader = (): void => {
    if (!this.signal.aborted) this.#ask('nobody reads the output')
  }

  #ask(reason: string): void {
    this.#askedAtMs = performance.now()
    this.#controller.abort(reason)
  }
}
