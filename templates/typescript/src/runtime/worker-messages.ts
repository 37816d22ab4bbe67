import type { Outcome } from './outcome.js'

/** What a thread is given when it starts. */
export interface WorkerSetup {
  /** URL of the module with the author's function. */
  readonly processModule: string
  readonly logs: SharedArrayBuffer
  readonly logLimitBytes: number
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

export type ToWorker = ({ readonly type: 'environment' } & Environment) | ({ readonly type: 'job' } & Job)

export type FromWorker = { readonly type: 'ready' } | { readonly type: 'done'; readonly outcome: Outcome }
