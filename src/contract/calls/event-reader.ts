import type { Block, BlockHeader } from '../../ledger/block.js'
import { bytesOf } from '../../ledger/payload/binary.js'
import { VALIDATION_CODE } from '../../ledger/validation-code.js'
import { BoundedSet } from '../../base/bounded-set.js'
import type { BlockEvents, ContractEventRecord, EventsWanted } from '../gateway/gateway-calls.js'
import type { CallChain } from './call-chain.js'

/** Blocks remembered to find where another branch parts; calls remembered so that none is told twice. */
const REMEMBERED_BLOCKS = 2_000
const REMEMBERED_CALLS = 20_000

type Header = Pick<BlockHeader, 'height' | 'hash'>

/** Rings when the chain ends elsewhere. */
class Bell {
  #ring: (() => void) | undefined
  #rung = false

  readonly ring = (): void => {
    this.#rung = true
    this.#ring?.()
  }

  async next(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted)
      await new Promise<void>((resolve) => {
        // One signal serves a reader for as many blocks as there are to come.
        const wake = (): void => {
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#ring = wake
        signal.addEventListener('abort', wake)
      })
    this.#ring = undefined
    this.#rung = false
  }
}

/**
 * Events of the blocks from `from` on, past and to come. What is told is read from the chain at that moment. Where the chain
 * takes another branch its blocks follow from where it parts; a call that both branches hold is told once.
 */
export async function* readEvents(
  chain: CallChain,
  { contract, from, signal }: EventsWanted,
): AsyncGenerator<BlockEvents> {
  const read: Header[] = []
  const told = new BoundedSet(REMEMBERED_CALLS)
  const bell = new Bell()
  const end = chain.onTip(bell.ring)
  let next = from
  try {
    for (;;) {
      if (signal.aborted) return
      next = rewind(chain, read, next)
      const block = await blockAt(chain, next)
      if (!block) {
        if (next <= chain.height()) continue
        await bell.next(signal)
        continue
      }
      read.push({ height: next, hash: block.header.hash })
      if (read.length > REMEMBERED_BLOCKS) read.shift()
      const events = eventsIn(chain, block, contract).filter(({ callId }) => told.add(callId))
      next += 1
      if (events.length > 0) yield { height: block.header.height, events }
    }
  } finally {
    end()
  }
}

/** Forgets what was read of a branch the chain left; the height to go on at. */
function rewind(chain: CallChain, read: Header[], next: number): number {
  let at = next
  for (let last = read.at(-1); last && chain.activeHash(last.height) !== last.hash; last = read.at(-1)) {
    read.pop()
    at = last.height
  }
  return at
}

/** The chain's block, unless it left the chain while it was read. */
async function blockAt(chain: CallChain, height: number): Promise<Block | undefined> {
  const hash = chain.activeHash(height)
  const block = hash === undefined ? undefined : await chain.block(hash)
  return block && chain.activeHash(height) === block.header.hash ? block : undefined
}

/** Events of the valid calls of a block of the chain; of one contract, or of all. */
export function eventsIn(
  chain: Pick<CallChain, 'place'>,
  { transactions }: Block,
  contract?: string,
): (ContractEventRecord & { readonly contract: string; readonly transactionId: string })[] {
  return transactions.flatMap(({ id, payload }) => {
    if (payload?.kind !== 'invocation' || !payload.event) return []
    if (contract !== undefined && payload.contract !== contract) return []
    if (chain.place(id)?.code !== VALIDATION_CODE.VALID) return []
    const { callId, event } = payload
    const record = { callId, name: event.name, payload: bytesOf(event.payload) }
    return [{ ...record, contract: payload.contract, transactionId: id }]
  })
}
