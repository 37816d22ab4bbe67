import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachBus, type Bus, type BusOptions } from '../../../src/bus/attach-bus.js'
import type { MethodInfo, OfferedMethod } from '../../../src/bus/host/offered-method.js'
import { Watchers } from '../../../src/bus/host/watchers.js'
import { silentLog } from '../../../src/bus/log.js'
import { Module } from '../../../src/bus/module.js'
import type { ModuleOptions } from '../../../src/bus/module-options.js'
import { afterThisTest } from '../../support/cleanup.js'

export interface TestBus extends Bus {
  readonly url: string
  readonly port: number
}

/** A bus on a free port of this machine, closed after the test. */
export async function startBus(options: Partial<BusOptions> = {}, port = 0): Promise<TestBus> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  const bus = attachBus(server, {
    methods: [],
    name: 'test',
    place: { ip: '127.0.0.1', port: taken },
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    log: silentLog,
    ...options,
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= bus.close().then(async () => {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    }))
  afterThisTest(close)
  return Object.assign(Object.create(bus) as Bus, { url: `ws://127.0.0.1:${taken}`, port: taken, close })
}

/** A module on the bus, stopped after the test. */
export function aModule(bus: Pick<TestBus, 'url'>, options: Partial<ModuleOptions> = {}): Module {
  const module = new Module({ name: 'demo', manager: bus.url, errorLog: '', maxPauseMs: 50, ...options })
  afterThisTest(() => module.stop())
  return module
}

export interface TestMethod extends OfferedMethod {
  /** An event of the method. */
  fire(): void
  readonly watcherCount: number
}

/** A method of the program around the manager. */
export function aMethod(
  name: string,
  call: OfferedMethod['call'],
  info: Partial<MethodInfo> = {},
): TestMethod {
  const watchers = new Watchers()
  return {
    info: { name, description: '', minEvent: 1, minPeriod: 1, scope: 'public', parameters: [], ...info },
    call,
    watch: (watch) => watchers.add(watch),
    fire: () => watchers.fire(),
    get watcherCount() {
      return watchers.size
    },
  }
}
