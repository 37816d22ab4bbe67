import { messageOf } from '../../base/errors.js'
import type { Answerer, Asked } from '../link/connection-options.js'
import type { Notification } from '../wire/message.js'
import type { CompoundMethods } from './compound-methods.js'
import { type AnswererOptions, RequestAnswerer } from './request-answerer.js'

export interface HostAnswererOptions extends Omit<AnswererOptions, 'onInternalError'> {
  readonly compounds: CompoundMethods
  readonly onNotification: (notification: Notification) => void
}

/** Answers one connection with the methods of a host: a module, a node or the manager. */
export class HostAnswerer implements Answerer {
  readonly #options: HostAnswererOptions
  readonly #requests: RequestAnswerer

  constructor(options: HostAnswererOptions) {
    this.#options = options
    const { log, connection } = options
    const onInternalError = (error: unknown): void =>
      log.error({ err: error, peer: connection.peerName }, 'a method failed')
    this.#requests = new RequestAnswerer({ ...options, onInternalError })
  }

  asked(message: Asked): void {
    const { compounds, connection, onNotification } = this.#options
    switch (message.type) {
      case 'Request':
      case 'RequestOnly':
        this.#requests.request(message)
        break
      case 'Unsubscribe':
        this.#requests.unsubscribe(message.entries)
        break
      case 'RegisterCompoundMethod':
        this.#ifTrusted(() => compounds.register(connection, message))
        break
      case 'UnregisterCompoundMethod':
        this.#ifTrusted(() => compounds.unregister(connection, message.name))
        break
      case 'Notification':
        onNotification(message)
    }
  }

  closed(): void {
    this.#requests.closed()
    this.#options.compounds.unregister(this.#options.connection, '')
  }

  /** The protocol has no answer to these messages, so a refusal goes to the log alone. */
  #ifTrusted(action: () => void): void {
    const { caller, connection, log, unauthorized } = this.#options
    try {
      if (!caller.isTrusted) throw unauthorized()
      action()
    } catch (error) {
      log.warn({ peer: connection.peerName, fault: messageOf(error) }, 'refused a virtual method')
    }
  }
}
