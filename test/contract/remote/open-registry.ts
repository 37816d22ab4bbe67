import { NodeRegistry } from '../../../src/contract/remote/node-registry.js'
import { RecordFieldError } from '../../../src/contract/remote/record-queries.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'
import { SecretBox } from '../../../src/contract/remote/secret-box.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { MemoryRegistryStore } from './memory-registry-store.js'
import { SETTINGS } from './sample-contract.js'

/** A registry over a store, with a clock and a chain that tests move by hand. */
export async function opened(store = new MemoryRegistryStore(), seed = 1) {
  const told: unknown[] = []
  const faults: unknown[] = []
  const world = { nowMs: 1000, count: 0 }
  const timers: { atMs: number; action: () => void }[] = []
  const registry = await NodeRegistry.open({
    store,
    records: { chainId: 'c'.repeat(64), count: () => world.count },
    queries: {
      define: (_txnType, fields) =>
        fields.some(({ path }) => !path.startsWith('$'))
          ? Promise.reject(new RecordFieldError('a path is such as $.sku'))
          : Promise.resolve(),
      undefine: () => Promise.resolve(),
    },
    box: new SecretBox(new KeyPair(new Uint8Array(32).fill(seed))),
    node: { profile: 'dev', address: `0x${'1'.repeat(40)}`, url: 'http://127.0.0.1:55000' },
    defaults: SETTINGS,
    clock: {
      now: () => world.nowMs,
      after(ms, action) {
        const timer = { atMs: world.nowMs + ms, action }
        timers.push(timer)
        return () => void timers.splice(timers.indexOf(timer), 1)
      },
    },
    onFault: (error) => faults.push(error),
  })
  for (const event of ['changed', 'environment', 'deleted', 'revoked'] as const)
    registry.events.on(event, (what: string | RemoteContract) =>
      told.push([event, typeof what === 'string' ? what : what.state]),
    )
  const pass = (ms: number): void => {
    world.nowMs += ms
    for (const timer of timers.filter(({ atMs }) => atMs <= world.nowMs)) {
      timers.splice(timers.indexOf(timer), 1)
      timer.action()
    }
  }
  return { registry, store, told, faults, world, pass }
}

export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code ?? (error as { rule?: unknown }).rule,
  )
