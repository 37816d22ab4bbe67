import type { LogChunk } from './frames.js'
import type { Outcome } from './outcome.js'

/** What a thread is given when it starts. */
export interface WorkerSetup {
  /** URL of the module with the author's function. */
  readonly processModule: string
  readonly logs: SharedArrayBuffer
  readonly logLimitBytes: number
  readonly claims: SharedArrayBuffer
}

/** Variables and secrets for the jobs that follow. */
export interface Environment {
  readonly env: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface Job {
  readonly invocationId: string
  /** Counted from 1. */
  readonly attempt: number
  readonly txJson: string
}

/** `first` is the number of the first job; the others' follow. */
export type ToWorker =
  | ({ readonly type: 'environment' } & Environment)
  | { readonly type: 'jobs'; readonly first: bigint; readonly jobs: readonly Job[] }

/** What came of a job: its outcome and what it printed. */
export interface Finished {
  readonly outcome: Outcome
  readonly logs: LogChunk
}

/** Jobs are done in the order in which they begin. */
export type FromWorker = { readonly type: 'ready' } | ({ readonly type: 'done' } & Finished)
