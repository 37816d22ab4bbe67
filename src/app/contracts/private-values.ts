import type { PrivateValues } from '../../contract/private-values.js'
import { MemoryPrivateValues } from '../../contract/simulation/memory-private-values.js'

/** Values of private collections that this node holds. */
export interface OpenPrivateValues extends PrivateValues {
  close(): Promise<void>
}

export function openPrivateValues(_folder: string): OpenPrivateValues {
  return Object.assign(new MemoryPrivateValues(), { close: () => Promise.resolve() })
}
