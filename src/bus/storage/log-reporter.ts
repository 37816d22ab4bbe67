import { messageOf } from '../../base/errors.js'
import type { Connection } from '../link/connection.js'
import { callMethod } from '../link/request.js'
import type { Log } from '../log.js'
import type { JsonObject } from '../wire/read-scalar.js'

/** Entries that wait for the storage module; the oldest go first. */
const MAX_WAITING = 256

/** What a module tells the log; see LogEntry for the levels. */
export interface LogEvent {
  readonly level: 1 | 2 | 3 | 4 | 5
  readonly messageType: string
  readonly messageId: string
  readonly comments: string
}

/** Sends log entries to the storage module, over whatever connection leads there; they wait while there is none. */
export class LogReporter {
  readonly #module: string
  readonly #log: Log
  readonly #waiting: JsonObject[] = []
  #connection: Connection | undefined
  #isSending = false

  constructor(module: string, log: Log) {
    this.#module = module
    this.#log = log
  }

  get waiting(): number {
    return this.#waiting.length
  }

  report({ level, messageType, messageId, comments }: LogEvent): void {
    this.#waiting.push({
      LogEventLevel: String(level),
      LogSourceMessageType: messageType,
      LogSourceMessageID: messageId,
      LogSourceModule: this.#module,
      LogComments: comments,
    })
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift()
    void this.#send()
  }

  /** There is a way to the storage module again. */
  connected(connection: Connection): void {
    this.#connection = connection
    void this.#send()
  }

  async #send(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    try {
      while (this.#waiting[0] && this.#connection?.isActive) {
        await callMethod(this.#connection, 'LogEvent', this.#waiting[0])
        this.#waiting.shift()
      }
    } catch (error) {
      this.#log.debug(
        { fault: messageOf(error), waiting: this.#waiting.length },
        'no storage module takes the log',
      )
    }
    this.#isSending = false
  }
}
