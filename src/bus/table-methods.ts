import type { TSchema } from '@sinclair/typebox'
import type { Dispatch } from '../api/dispatch.js'
import { ItemStream } from '../api/item-stream.js'
import type { AnyMethod, Caller, MethodTable } from '../api/method.js'
import { busError } from './bus-error.js'
import type { BusEvent, EventSource } from './events/event-feed.js'
import type {
  BusCaller,
  MethodInfo,
  Occurrence,
  OfferedMethod,
  ParameterInfo,
  Watch,
  Watching,
} from './host/offered-method.js'
import { Watchers } from './host/watchers.js'
import type { JsonObject } from './wire/read-scalar.js'

/** Longest list, as JSON: with its envelope it stays below the largest message. */
const MAX_LIST_CHARS = 3_500_000

/** Every method of a table as methods of the bus; the events of its topics are what subscriptions wait for. */
export function tableMethods(
  table: MethodTable,
  dispatch: Dispatch,
  events: EventSource,
): readonly OfferedMethod[] {
  return Object.entries(table).map(([name, method]) => new TableMethod(name, method, dispatch, events))
}

class TableMethod implements OfferedMethod {
  readonly info: MethodInfo
  readonly #topics: ReadonlySet<string>
  readonly #dispatch: Dispatch
  readonly #events: EventSource
  /** Subscribers that are answered alike share one answer for each event. */
  readonly #groups = new Map<string, Group>()

  constructor(name: string, method: AnyMethod, dispatch: Dispatch, events: EventSource) {
    this.info = infoOf(name, method)
    this.#topics = new Set(method.changesWith ?? [])
    this.#dispatch = dispatch
    this.#events = events
  }

  async call(params: JsonObject, caller: Caller): Promise<unknown> {
    const result = await this.#dispatch(this.info.name, params, callerOf(caller))
    return result instanceof ItemStream ? collected(result) : result
  }

  watch(watch: Watch): Watching {
    const { params, caller, lastEvent, everyEvents } = watch
    const missed = lastEvent === undefined || lastEvent === '' ? [] : this.#events.since(lastEvent)
    const relevant = (missed ?? []).filter(({ topic }) => this.#topics.has(topic))
    const group = this.#groupOf(params, caller)
    const watching = group.watchers.add(
      watch,
      this.#start(group, watch, missed && relevant),
      relevant.length % everyEvents,
    )
    return {
      start: watching.start,
      stop: () => {
        watching.stop()
        if (group.watchers.size === 0) this.#leave(group)
      },
    }
  }

  /** What a subscriber missed; else how things stand. */
  #start(
    group: Group,
    { lastEvent, everyEvents }: Watch,
    missed: readonly BusEvent[] | undefined,
  ): Occurrence[] {
    if (lastEvent === undefined) return [{}]
    const due = (missed ?? []).filter((_, i) => (i + 1) % everyEvents === 0)
    if (due.length > 0) return due.map((event) => group.occurrence(event))
    return [{ event: this.#events.lastId, missedEvents: missed === undefined }]
  }

  #groupOf(params: JsonObject, caller: BusCaller): Group {
    const key = JSON.stringify([params, caller.ipAddress, caller.chainId])
    const known = this.#groups.get(key)
    if (known) return known
    const group = new Group(key, (event) => this.#answer(event, params, caller))
    group.off = [...this.#topics].map((topic) => this.#events.on(topic, (event) => group.tell(event)))
    this.#groups.set(key, group)
    return group
  }

  #leave(group: Group): void {
    for (const off of group.off) off()
    this.#groups.delete(group.key)
  }

  async #answer(event: BusEvent, params: JsonObject, caller: Caller): Promise<unknown> {
    const own = event.answers[this.info.name]
    return own ? await own(params) : await this.call(params, caller)
  }
}

class Group {
  readonly key: string
  readonly watchers = new Watchers()
  off: readonly (() => void)[] = []
  readonly #answer: (event: BusEvent) => Promise<unknown>

  constructor(key: string, answer: (event: BusEvent) => Promise<unknown>) {
    this.key = key
    this.#answer = answer
  }

  tell(event: BusEvent): void {
    this.watchers.fire(this.occurrence(event))
  }

  /** The answer is found once, when the first subscriber needs it. */
  occurrence(event: BusEvent): Occurrence {
    let answer: Promise<unknown> | undefined
    return { event: event.id, answer: () => (answer ??= this.#answer(event)) }
  }
}

/** A message is one whole, so a list must fit into it. */
async function collected(stream: ItemStream<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  let chars = 0
  for await (const item of stream) {
    items.push(item)
    chars += JSON.stringify(item).length
    if (chars > MAX_LIST_CHARS)
      throw busError(
        'EXECUTION_FAILED',
        'the list is too long for one message; the REST door sends it item by item',
      )
  }
  return items
}

/** What a handler is told of who calls, and no more. */
function callerOf({ ipAddress, chainId }: Caller): Caller {
  return {
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(chainId === undefined ? {} : { chainId }),
  }
}

function infoOf(name: string, method: AnyMethod): MethodInfo {
  const isEventful = (method.changesWith ?? []).length > 0
  const isRead = method.http?.startsWith('GET ') === true && !method.getWithBody
  return {
    name,
    description: method.summary,
    minEvent: isEventful ? 1 : 0,
    minPeriod: isEventful || isRead ? 1 : 0,
    scope: method.scope ?? 'public',
    parameters: parametersOf(method.params),
  }
}

function parametersOf(schema: TSchema): ParameterInfo[] {
  const properties = (schema['properties'] ?? {}) as Record<string, TSchema>
  const required = (schema['required'] ?? []) as string[]
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeOf(property),
    range: rangeOf(property),
    pattern: (property['pattern'] as string | undefined) ?? '',
    isRequired: required.includes(name),
  }))
}

function typeOf(schema: TSchema): string {
  const alternatives = (schema['anyOf'] ?? [schema]) as TSchema[]
  return [...new Set(alternatives.map((one) => String(one['type'] ?? 'any')))].join('|')
}

function rangeOf({ minimum, maximum }: TSchema): string {
  if (minimum === undefined && maximum === undefined) return ''
  const [low, high] = [minimum, maximum].map((bound) => (typeof bound === 'number' ? String(bound) : ''))
  return `${low === '' ? '(' : '['}${low},${high}${high === '' ? ')' : ']'}`
}
