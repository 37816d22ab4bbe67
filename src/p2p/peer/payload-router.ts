import type { BigTxHandlers, BlockHandlers } from '../blocks/block-events.js'
import { BlockReader } from '../blocks/block-reader.js'
import { BufferPool } from '../blocks/buffer-pool.js'
import { LargeTxReader } from '../blocks/large-tx-reader.js'
import type { PayloadHeader, PayloadSink } from '../blocks/payload-sink.js'
import { diagnostics } from '../diagnostics.js'
import type { Hash } from '../hash.js'
import { hasWitness } from '../networks/network.js'
import type { PeerSettings } from './options.js'
import type { StreamedMessage } from './peer-message.js'

export interface PayloadRouterEvents {
  /** Resolves when the message was taken by whoever it is for. */
  deliver(message: StreamedMessage): Promise<void>
  /** Bytes of a block or a large transaction came. */
  onBytes(count: number): void
  isWanted(hash: Hash): boolean
  /** Whether any transaction was asked for. */
  wantsTx(): boolean
}

/** Where the payloads of blocks and large transactions go. */
export class PayloadRouter {
  /** Milliseconds since 1970 of the last bytes of such a payload. */
  lastBytesAt = 0
  readonly #buffers = new BufferPool()
  readonly #blocks: BlockHandlers
  readonly #wholeTxs: BigTxHandlers
  readonly #onTxChunk: NonNullable<BlockHandlers['onTxChunk']>

  constructor(
    private readonly settings: PeerSettings,
    private readonly events: PayloadRouterEvents,
  ) {
    const deliver = (message: StreamedMessage): Promise<void> => events.deliver(message)
    this.#onTxChunk = (body) => deliver({ command: 'tx_chunk', body })
    this.#blocks = {
      onBlock: (body) => {
        const { host, port } = settings
        const { hash, size, txCount } = body
        diagnostics.block.tell(() => ({ host, port, hash, size, txCount }))
        return deliver({ command: 'block', body })
      },
      onBlockChunk: (body) => deliver({ command: 'block_chunk', body }),
      onBlockAborted: (hash, reason) => deliver({ command: 'block_aborted', body: { hash, reason } }),
      // Without a handler, the transactions above a chunk stay whole in their chunks, as far as maxTxBytes allows.
      ...(settings.handlers.onTxChunk && { onTxChunk: this.#onTxChunk }),
    }
    this.#wholeTxs = {
      onBigTx: (body) => deliver({ command: 'big_tx', body }),
      onBigTxAborted: (reason) => deliver({ command: 'big_tx_aborted', body: { reason } }),
    }
  }

  /** @returns undefined for a payload that is collected in memory */
  open(command: string, header: PayloadHeader): PayloadSink | undefined {
    if (command === 'block') return this.#watched(this.#block(header))
    if (command === 'tx' && header.length >= this.settings.largeMessageLimit)
      return this.#watched(this.#largeTx(header))
    return undefined
  }

  #block(header: PayloadHeader): PayloadSink {
    const { network, largeMessageLimit, chunkBytes, limits, blocks } = this.settings
    return new BlockReader(header, {
      ...blocks,
      handlers: this.#blocks,
      witness: hasWitness(network),
      largeMessageLimit,
      chunkBytes,
      maxBlockBytes: limits.maxBlockBytes,
      maxTxBytes: limits.maxTxBytes,
      buffers: this.#buffers,
      isWanted: (hash) => this.events.isWanted(hash),
    })
  }

  #largeTx(header: PayloadHeader): PayloadSink {
    const { network, chunkBytes, limits, blocks, handlers } = this.settings
    const isCollected = handlers.onTxChunk === undefined && this.events.wantsTx()
    return new LargeTxReader(header, {
      handlers: isCollected ? this.#wholeTxs : { ...this.#wholeTxs, onTxChunk: this.#onTxChunk },
      witness: hasWitness(network),
      chunkBytes,
      maxTxBytes: limits.maxTxBytes,
      threads: blocks.threads,
      buffers: this.#buffers,
    })
  }

  #watched(sink: PayloadSink): PayloadSink {
    const { clock } = this.settings
    return {
      push: (slice) => {
        this.lastBytesAt = clock.now()
        this.events.onBytes(slice.length)
        return sink.push(slice)
      },
      end: () => sink.end(),
      abort: (reason) => sink.abort(reason),
    }
  }
}
