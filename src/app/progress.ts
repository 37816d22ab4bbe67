import { Presets, SingleBar } from 'cli-progress'

/** Shows how far a long job is. */
export interface Progress {
  update(done: number): void
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
      format: `${what} {bar} {percentage}% {value}/{total} ETA {eta_formatted}`,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  )
  single.start(total, 0)
  return { update: (done) => single.update(done), end: () => single.stop() }
}

function lines(what: string, total: number, now: () => number): Progress {
  let lastMs = now()
  return {
    update(done) {
      if (now() - lastMs < LINE_INTERVAL_MS) return
      lastMs = now()
      process.stderr.write(`${what} ${done}/${total}\n`)
    },
    end: () => undefined,
  }
}
