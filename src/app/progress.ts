import { Presets, SingleBar } from 'cli-progress'

/** Shows how far a long job is. */
export interface Progress {
  /** `note` is shown behind the numbers. */
  update(done: number, note?: string): void
  end(): void
}

/** Plain lines come this often at most. */
const LINE_INTERVAL_MS = 2000

/** A bar on a terminal, a line now and then elsewhere; always to stderr, so that results can be piped. */
export function progress(what: string, total: number, now: () => number = Date.now): Progress {
  return process.stderr.isTTY ? bar(what, total) : lines(what, total, now)
}

function bar(what: string, total: number): Progress {
  const single = new SingleBar(
    {
      format: `${what} {bar} {percentage}% {value}/{total} ETA {eta_formatted} {note}`,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  )
  single.start(total, 0, { note: '' })
  return { update: (done, note = '') => single.update(done, { note }), end: () => single.stop() }
}

function lines(what: string, total: number, now: () => number): Progress {
  let lastMs = now()
  return {
    update(done, note = '') {
      if (now() - lastMs < LINE_INTERVAL_MS) return
      lastMs = now()
      process.stderr.write(`${what} ${done}/${total} ${note}`.trimEnd() + '\n')
    },
    end: () => undefined,
  }
}
