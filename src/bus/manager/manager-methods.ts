import type { Scope } from '../../api/method.js'
import { busError } from '../bus-error.js'
import { checkScope, isVisible } from '../host/check-scope.js'
import type { BusCaller, Occurrence, OfferedMethod, Watch, Watching } from '../host/offered-method.js'
import { isObject, type JsonObject } from '../wire/read-scalar.js'
import type { Manager } from './manager.js'
import { methodRecord, readRegistration } from './registration.js'

/** The methods by which modules and people deal with the manager itself. */
export function managerMethods(manager: Manager): readonly OfferedMethod[] {
  return [registerApi(manager), consolidatedApi(manager), listApi(manager), forwardMessage(manager)]
}

function registerApi(manager: Manager): OfferedMethod {
  const answer = ({ connection }: BusCaller): JsonObject => ({
    Dependencies: manager.registry.dependenciesOf(connection) as unknown as JsonObject,
  })
  return {
    info: infoOf('RegisterAPI', 'Take the methods of this module in', 'admin', 1),
    async call(params, caller) {
      await manager.registry.register(caller.connection, readRegistration(params))
      return answer(caller)
    },
    watch: (watch) => watchChanges(manager, watch, { answer: () => answer(watch.caller) }),
  }
}

function consolidatedApi(manager: Manager): OfferedMethod {
  const answer = (): JsonObject => {
    const lists: Record<string, Record<string, JsonObject>> = { Admin: {}, Private: {}, Public: {} }
    for (const { domain, method } of manager.offers()) {
      const { scope, name } = method.info
      const list = lists[scope === 'admin' ? 'Admin' : scope === 'private' ? 'Private' : 'Public'] ?? {}
      list[domain === '' ? name : `${domain}.${name}`] = methodRecord(method.info)
    }
    return lists
  }
  return {
    info: infoOf('GetConsolidatedAPI', 'Every method of every module, by scope', 'admin', 1),
    call: answer,
    watch: (watch) => watchChanges(manager, watch),
  }
}

function listApi(manager: Manager): OfferedMethod {
  return {
    info: infoOf('ListAPI', 'The methods that this caller may use', 'public', 1),
    call(_, caller) {
      const methods = manager.offers().filter(({ method }) => isVisible(method, caller))
      return Object.fromEntries(methods.map(({ method }) => [method.info.name, methodRecord(method.info)]))
    },
    watch: (watch) => watchChanges(manager, watch),
  }
}

function forwardMessage(manager: Manager): OfferedMethod {
  return {
    info: infoOf('ForwardMessage', 'Call the method named in the parameters', 'public', 0),
    async call(params, caller) {
      const [name, own] = Object.entries(params)[0] ?? []
      if (name === undefined) throw busError('NO_METHODS')
      if (name === 'ForwardMessage') throw busError('BAD_MESSAGE', 'a forwarded message forwards nothing')
      const notFound = () => busError('METHOD_NOT_FOUND')
      const method = checkScope(manager.find(name), name, caller, notFound)
      return { [name]: await method.call(isObject(own) ? own : {}, caller) }
    },
  }
}

function watchChanges(manager: Manager, watch: Watch, occurrence: Occurrence = {}): Watching {
  const onOccurrence = (): void => watch.onOccurrence(occurrence)
  return manager.changes.add({ ...watch, onOccurrence })
}

function infoOf(name: string, description: string, scope: Scope, minEvent: number): OfferedMethod['info'] {
  return { name, description, scope, minEvent, minPeriod: 0, parameters: [] }
}
