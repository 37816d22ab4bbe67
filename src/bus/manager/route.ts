import { BusError, busError } from '../bus-error.js'
import type {
  BusCaller,
  MethodInfo,
  Occurrence,
  OfferedMethod,
  Watch,
  Watching,
} from '../host/offered-method.js'
import type { Connection } from '../link/connection.js'
import { callMethod, passCall, subscribe, type Subscription } from '../link/request.js'
import type { MethodCall } from '../wire/message.js'
import type { JsonObject } from '../wire/read-scalar.js'
import { parameterCheck, type ParameterCheck } from './parameter-check.js'

/**
 * A method that modules offer. Calls go to them in turn, over the connections they registered on; subscriptions outlive
 * the module that serves them, when another comes.
 */
export class Route implements OfferedMethod {
  info: MethodInfo
  #check: ParameterCheck
  readonly #providers: Connection[] = []
  readonly #orphans = new Set<() => void>()
  #turn = 0
  #watches = 0

  constructor(info: MethodInfo) {
    this.info = info
    this.#check = parameterCheck(info.parameters)
  }

  /** Nobody offers it, and nobody holds a subscription that would go on when somebody does. */
  get isDead(): boolean {
    return this.#providers.length === 0 && this.#watches === 0
  }

  get providers(): readonly Connection[] {
    return this.#providers
  }

  /** A module offers the method; the latest description counts. */
  add(provider: Connection, info: MethodInfo): void {
    this.info = info
    this.#check = parameterCheck(info.parameters)
    this.#providers.push(provider)
    const orphans = [...this.#orphans]
    this.#orphans.clear()
    for (const adopt of orphans) adopt()
  }

  remove(provider: Connection): void {
    const at = this.#providers.indexOf(provider)
    if (at >= 0) this.#providers.splice(at, 1)
  }

  async call(params: JsonObject, _caller?: BusCaller): Promise<unknown> {
    this.#check(params)
    return callMethod(this.#next(), this.info.name, params).catch(unavailable)
  }

  async pass({ method, params, text }: MethodCall & { readonly text: string }): Promise<unknown> {
    this.#check(params)
    return passCall(this.#next(), method, text).catch(unavailable)
  }

  watch(watch: Watch): Watching {
    this.#check(watch.params)
    this.#watches += 1
    const forwarded = new ForwardedWatch(watch, this.info.name, {
      next: () => this.#next(),
      wait: (adopt) => {
        this.#orphans.add(adopt)
        return () => this.#orphans.delete(adopt)
      },
    })
    return {
      start: forwarded.start,
      stop: () => {
        this.#watches -= 1
        forwarded.stop()
      },
    }
  }

  #next(): Connection {
    const provider = this.#providers[this.#turn++ % Math.max(1, this.#providers.length)]
    if (!provider) throw busError('METHOD_UNAVAILABLE')
    return provider
  }
}

/** The module was lost while it worked. */
function unavailable(error: unknown): never {
  if (error instanceof BusError && error.code === 'DISCONNECTED') throw busError('METHOD_UNAVAILABLE')
  throw error
}

interface Providers {
  /** @throws {BusError} when there is none */
  next(): Connection
  /** Calls back when there is one again; the result calls it off. */
  wait(adopt: () => void): () => void
}

/** A subscription that somebody holds here, and we hold at a module. */
class ForwardedWatch implements Watching {
  readonly start: readonly Occurrence[]
  readonly #watch: Watch
  readonly #method: string
  readonly #providers: Providers
  #subscription: Subscription | undefined
  #stopWaiting: () => void = () => undefined
  #isStopped = false

  constructor(watch: Watch, method: string, providers: Providers) {
    this.#watch = watch
    this.#method = method
    this.#providers = providers
    const first = this.#subscribe()
    first.catch(() => undefined)
    this.start = [{ answer: () => first }]
  }

  stop(): void {
    this.#isStopped = true
    this.#stopWaiting()
    this.#subscription?.cancel()
  }

  /** The first answer of the module. */
  async #subscribe(): Promise<unknown> {
    let isFirst = true
    const { params, everyEvents, onOccurrence } = this.#watch
    const subscription = subscribe(
      this.#providers.next(),
      [{ method: this.#method, params }],
      { everyEvents },
      {
        onUpdate: ({ results }) => {
          if (!isFirst) onOccurrence({ answer: () => results[this.#method] })
          isFirst = false
        },
        onFailure: (error) => this.#failed(error),
      },
    )
    this.#subscription = subscription
    const results = await subscription.first
    return results[this.#method]
  }

  #failed(error: BusError): void {
    if (this.#isStopped) return
    if (error.code === 'DISCONNECTED') this.#waitForProvider()
    else this.#watch.onOccurrence({ answer: () => Promise.reject(error) })
  }

  #waitForProvider(): void {
    this.#stopWaiting = this.#providers.wait(() => {
      this.#stopWaiting = () => undefined
      const first = this.#subscribe()
      first.then(
        (result) => this.#watch.onOccurrence({ missedEvents: true, answer: () => result }),
        (error: unknown) => this.#failed(error as BusError),
      )
    })
  }
}
