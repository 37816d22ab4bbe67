import type { BigBlock, BlockHandlers, SmallBlock } from '../../../../src/p2p/blocks/block-events.js'
import { BlockReader, type BlockReaderOptions } from '../../../../src/p2p/blocks/block-reader.js'
import type { MadeBlock } from './make-block.js'
import { slices } from './bytes.js'

export interface Event {
  readonly type: 'chunk' | 'part'
  /** A copy. */
  readonly bytes: Uint8Array
  readonly offsets?: readonly number[]
  readonly number: number
  readonly count?: number
  readonly base?: number
  readonly txIndex?: number
  readonly isLast?: boolean
}

export interface Recorded {
  readonly events: Event[]
  readonly blocks: (SmallBlock | BigBlock)[]
  readonly aborted: Error[]
}

/** Handlers that remember what they were given. */
export function recorder(takesParts = true): Recorded & { handlers: BlockHandlers } {
  const recorded: Recorded = { events: [], blocks: [], aborted: [] }
  const handlers: BlockHandlers = {
    onBlock: (block) => {
      recorded.blocks.push(block)
    },
    onBlockChunk: ({ bytes, txOffsets, chunkNumber, chunkCount, base }) => {
      const offsets = [...txOffsets]
      recorded.events.push({ type: 'chunk', bytes: bytes.slice(), offsets, number: chunkNumber, count: chunkCount, base })
    },
    onBlockAborted: (_hash, reason) => {
      recorded.aborted.push(reason)
    },
  }
  if (takesParts)
    handlers.onTxChunk = ({ bytes, partNumber, isLast, txIndex }) => {
      recorded.events.push({ type: 'part', bytes: bytes.slice(), number: partNumber, isLast, txIndex })
    }
  return { ...recorded, handlers }
}

/** Reads a block in slices of these lengths. Every slice is wiped when it was taken, as a socket would. */
export async function readBlock(
  block: Pick<MadeBlock, 'raw' | 'checksum'>,
  lengths: readonly number[],
  options: BlockReaderOptions,
): Promise<void> {
  const reader = new BlockReader({ length: block.raw.length, checksum: block.checksum }, options)
  for (const slice of slices(block.raw, lengths)) {
    const view = slice.slice()
    await reader.push(view)
    view.fill(0xee)
  }
  await reader.end()
}
