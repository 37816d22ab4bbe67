import type { ContractsOptions } from './contracts-options.js'

/** Whether a port for contracts is wanted; in profile dev it is, unless 0 is asked for. */
export function wantsDoor({ settings, profile }: Pick<ContractsOptions, 'settings' | 'profile'>): boolean {
  return (settings.port ?? (profile === 'dev' ? 1 : 0)) !== 0
}
