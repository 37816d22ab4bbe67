import { busError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { OfferedMethod } from '../host/offered-method.js'
import { Watchers } from '../host/watchers.js'
import { type JsonObject, readInteger, readText } from '../wire/read-scalar.js'
import type { LogQuery, LogStore } from './log-store.js'

/** The role of the module that keeps the log. */
export const STORAGE_ROLE = 'Role_StorageManager'

const MAX_COMMENT_LENGTH = 4_096
const MAX_NAME_LENGTH = 256
const MAX_LIMIT = 1_000

const parameter = (name: string, type: string, range = '') => ({
  name,
  type,
  range,
  pattern: '',
  isRequired: false,
})

/** The methods of the storage module: taking log entries in, and finding them again. */
export function storageMethods(store: LogStore, clock: Clock): readonly OfferedMethod[] {
  const watchers = new Watchers()
  const logEvent: OfferedMethod = {
    info: {
      name: 'LogEvent',
      description: 'Keep an entry in the log',
      scope: 'private',
      minEvent: 0,
      minPeriod: 0,
      parameters: [
        parameter('LogEventLevel', 'int', '[1,5]'),
        ...['LogSourceMessageType', 'LogSourceMessageID', 'LogSourceModule', 'LogComments'].map((name) =>
          parameter(name, 'string'),
        ),
      ],
    },
    call(params) {
      const { number } = store.add({ time: clock.now(), ...readEntry(params) })
      watchers.fire()
      return { number }
    },
  }
  const queryLog: OfferedMethod = {
    info: {
      name: 'QueryLog',
      description: 'The latest entries of the log, oldest first',
      scope: 'private',
      minEvent: 1,
      minPeriod: 1,
      parameters: [
        parameter('level', 'int', '[1,5]'),
        parameter('module', 'string'),
        parameter('after', 'int', '[0,)'),
        parameter('limit', 'int', `[1,${MAX_LIMIT}]`),
      ],
    },
    call: (params) => ({ entries: store.query(readQuery(params)) }),
    watch: (watch) => watchers.add(watch),
  }
  return [logEvent, queryLog]
}

function readEntry(params: JsonObject) {
  const level = readInteger(params['LogEventLevel'], 4)
  if (level === undefined || level < 1 || level > 5) throw busError('BAD_MESSAGE', 'LogEventLevel is 1 to 5')
  const text = (name: string, max: number): string => (readText(params[name]) ?? '').slice(0, max)
  return {
    level,
    module: text('LogSourceModule', MAX_NAME_LENGTH),
    message_type: text('LogSourceMessageType', MAX_NAME_LENGTH),
    message_id: text('LogSourceMessageID', MAX_NAME_LENGTH),
    comments: text('LogComments', MAX_COMMENT_LENGTH),
  }
}

function readQuery(params: JsonObject): LogQuery {
  const module = readText(params['module'])
  return {
    level: within(params, 'level', 5, 1, 5),
    after: within(params, 'after', 0, 0, Number.MAX_SAFE_INTEGER),
    limit: within(params, 'limit', 100, 1, MAX_LIMIT),
    ...(module === undefined ? {} : { module }),
  }
}

function within(params: JsonObject, name: string, fallback: number, min: number, max: number): number {
  const value = readInteger(params[name], fallback)
  if (value === undefined || value < min || value > max)
    throw busError('BAD_MESSAGE', `${name} is a whole number from ${min} to ${max}`)
  return value
}
