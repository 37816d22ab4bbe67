import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { GatewayLoadInput, GatewayLoadOrder } from './gateway-load-source.js'

/** Submits calls through a node's gateway, from a process of its own. */
export interface GatewayLoad {
  /** Makes so many calls. */
  make(calls: number): Promise<void>
  /** Submits the calls that were made; resolves with the ms until all were committed. */
  submit(): Promise<number>
  stop(): Promise<void>
}

export async function startGatewayLoad(input: GatewayLoadInput): Promise<GatewayLoad> {
  const path = fileURLToPath(new URL('gateway-load-source.js', import.meta.url))
  const child = fork(path, [JSON.stringify(input)])
  await once(child, 'message')
  const obeyed = async (order: GatewayLoadOrder): Promise<number> => {
    child.send(order)
    const [answer] = (await once(child, 'message')) as [number | string]
    if (typeof answer === 'string') throw new Error(answer)
    return answer
  }
  return {
    async make(calls) {
      await obeyed({ make: calls })
    },
    submit: () => obeyed('submit'),
    async stop() {
      if (child.exitCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
