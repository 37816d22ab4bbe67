/** A terminal and npm may both pass on the same Ctrl-C. */
const SAME_INTERRUPT_MS = 300

/** Calls back at the first SIGTERM or SIGINT; the second one ends the process at once. */
export function onStopSignal(stop: (signal: string) => void): void {
  let firstAt: number | undefined
  const listener = (signal: string): void => {
    if (firstAt === undefined) {
      firstAt = performance.now()
      stop(signal)
    } else if (signal !== 'SIGINT' || performance.now() - firstAt > SAME_INTERRUPT_MS) process.exit(1)
  }
  process.on('SIGTERM', listener)
  process.on('SIGINT', listener)
}
