import type { BlockReference } from '../api/schemas/common.js'
import { type EventSource, type OfferedMethod, topicMethod, withParams } from '../bus/index.js'

/**
 * `blocks.last`: the last block; who subscribes gets it, and then every block that is put on the chain, once and in order,
 * also where many come at a time.
 * @param get `blocks.get`
 * @param read the block of a hash
 * @param tip hash of the last block now
 */
export function lastBlock(
  get: OfferedMethod,
  read: (hash: string) => Promise<unknown>,
  events: EventSource,
  tip: string | undefined,
): OfferedMethod {
  const last = withParams(get, 'blocks.last', 'The last block; to subscribers every block as it comes', {
    bid: 'last',
  })
  // What the events tell, not how the chain stands: a block that is on the chain already may still be told of.
  let told = tip
  const note = (payload: unknown): void => {
    told = (payload as BlockReference | null)?.hash
  }
  events.on('chain.connected', ({ payload }) => note(payload))
  events.on('chain.tip', ({ payload }) => note(payload))
  return topicMethod({
    info: last.info,
    events,
    topic: 'chain.connected',
    call: (params, caller) => last.call(params, caller),
    answer: ({ payload }) => read((payload as BlockReference).hash),
    now: () => {
      const hash = told
      return () => (hash === undefined ? null : read(hash))
    },
  })
}
