import type { JsonObject } from '../wire/read-scalar.js'
import type { Link } from './link.js'
import type { SubscribeOptions } from './request.js'
import { UpdateQueue } from './update-queue.js'

/** One answer to a subscription. */
export interface ModuleUpdate {
  readonly value: unknown
  /** Which event it tells of, where the other side names events; a later subscription can go on from it. */
  readonly event: string | undefined
  /** Events were lost before this one. */
  readonly missedEvents: boolean
}

/** The updates of one method, until the reader leaves the loop, the signal fires or the subscription fails. */
export async function* updatesOf(
  link: Link,
  method: string,
  params: JsonObject,
  options: SubscribeOptions,
): AsyncGenerator<ModuleUpdate, void, undefined> {
  const queue = new UpdateQueue()
  const end = (): void => queue.end()
  const subscription = link.subscribe([{ method, params }], options, {
    onUpdate: (update) => queue.push(update),
    onEnd: (error) => queue.end(error),
  })
  options.signal?.addEventListener('abort', end, { once: true })
  if (options.signal?.aborted) end()
  try {
    for (let update = await queue.next(); update; update = await queue.next()) {
      const { event, missedEvents, results } = update
      yield { value: results[method], event, missedEvents }
    }
  } finally {
    options.signal?.removeEventListener('abort', end)
    subscription.cancel()
  }
}
