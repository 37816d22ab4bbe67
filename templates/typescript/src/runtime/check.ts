import { type ServiceError, status } from '@grpc/grpc-js'
import type { Channel } from './channel.js'
import { log } from './log.js'
import { cureOf } from './refusal.js'

/** Asks the node whether the configuration is in order, and says so. Resolves with the exit code. */
export async function check(channel: Channel): Promise<number> {
  try {
    const { contract_id, chain_id, state, backlog } = await channel.check()
    log.info(`in order: contract ${contract_id} on chain ${chain_id} is ${state}, ${backlog} waiting`)
    return 0
  } catch (error) {
    const { code, details } = error as ServiceError
    log.error([`${status[code] ?? code}: ${details}`, cureOf(code)].filter(Boolean).join(' - '))
    return 1
  }
}
