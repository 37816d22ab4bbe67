import { join } from 'node:path'
import { UsageError } from '../errors.js'
import type { Hash } from '../hash.js'
import type { Checkpoint, Network } from '../networks/network.js'
import { type Disk, nodeDisk } from './files/disk.js'

/** Where headers are kept, and which are refused. */
export interface HeadersStoreOptions {
  readonly network: Network
  /** The file of the main chain. Give this or `directory`. */
  readonly path?: string
  /** The file is `headers.<network>` in here. */
  readonly directory?: string
  /**
   * `always`: what {@link HeadersStore.connect} took is on the disk when it resolves. `batch` (the default): the
   * operating system has it, and the disk about a second later; a power cut may cost that second, a crash nothing.
   */
  readonly fsync?: 'batch' | 'always'
  /** Milliseconds since 1970; Date.now by default. */
  readonly clock?: () => number
  /** Reads what is there now and writes nothing, also while another process writes. */
  readonly readonly?: boolean
  /** Cuts off what the disk has damaged instead of refusing to open. */
  readonly repair?: boolean
  /** Beside those of the network; at the same height these count. */
  readonly checkpoints?: readonly Checkpoint[]
  /** Blocks that are never accepted, nor anything after them. */
  readonly invalidBlocks?: readonly Hash[]
  /** Headers off the main chain that are kept, 50,000 by default. */
  readonly maxSideHeaders?: number
  /** Headers that a chain with less than the network's minimum work may have, 4,000,000 by default. */
  readonly maxLowWorkHeaders?: number
  /** Where the files are. */
  readonly disk?: Disk
}

/** Options with all defaults filled in. */
export interface ResolvedOptions extends Required<Omit<HeadersStoreOptions, 'directory'>> {
  readonly path: string
}

export function resolveOptions(options: HeadersStoreOptions): ResolvedOptions {
  return {
    fsync: 'batch',
    clock: () => Date.now(),
    readonly: false,
    repair: false,
    checkpoints: [],
    invalidBlocks: [],
    maxSideHeaders: 50_000,
    maxLowWorkHeaders: 4_000_000,
    disk: nodeDisk,
    ...options,
    path: pathOf(options),
  }
}

function pathOf({ path, directory, network }: HeadersStoreOptions): string {
  if (path !== undefined && directory === undefined) return path
  if (directory !== undefined && path === undefined) return join(directory, `headers.${network.name}`)
  throw new UsageError('a headers store needs either a path or a directory')
}
