import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RoundReport } from '../nodes/discovery.js'

/** Shorter stalls of the event loop go unseen: every probe wakes an idle process, and at 10 ms nothing else costs as much. */
const LOOP_PROBE_MS = 200

type Series = ReturnType<Histogram['labels']>

/** What a node counts, in the Prometheus text format. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'terrarium_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['verb', 'path', 'status'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2],
    registers: [this.#registry],
  })
  /** Found by text: the library checks and hashes labels anew on every look-up. */
  readonly #series = new Map<string, Series>()
  readonly #rounds = new Counter({
    name: 'terrarium_discovery_rounds_total',
    help: 'Rounds of looking for nodes',
    registers: [this.#registry],
  })
  readonly #dropped = new Counter({
    name: 'terrarium_nodes_dropped_total',
    help: 'Known nodes dropped',
    registers: [this.#registry],
  })

  constructor(knownNodes: () => number) {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_PROBE_MS })
    new Gauge({
      name: 'terrarium_known_nodes',
      help: 'Nodes known now',
      registers: [this.#registry],
      collect() {
        this.set(knownNodes())
      },
    })
  }

  answered(verb: string, path: string, status: number, seconds: number): void {
    this.#seriesOf(verb, path, String(status)).observe(seconds)
  }

  roundDone(report: RoundReport): void {
    this.#rounds.inc()
    this.#dropped.inc(report.dropped)
  }

  async text(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  #seriesOf(verb: string, path: string, status: string): Series {
    const key = `${verb} ${path} ${status}`
    const known = this.#series.get(key)
    if (known) return known
    const series = this.#requests.labels(verb, path, status)
    this.#series.set(key, series)
    return series
  }
}
