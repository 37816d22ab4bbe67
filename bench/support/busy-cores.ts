import { cpus } from 'node:os'

/** Processor time in ms that all processes of this machine have used since it started. */
export function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys } }) => sum + user + nice + sys, 0)
}
