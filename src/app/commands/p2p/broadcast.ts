import { readFile } from 'node:fs/promises'
import type { BroadcastResult } from '../../../p2p/index.js'
import { SettingsError } from '../../settings/errors.js'
import { integerIn, secondsIn } from '../../settings/setting.js'
import { messageOf } from '../../../base/errors.js'
import type { Command } from '../command.js'
import { type Flags, p2pCommandLine, withSession } from './session.js'

/** Tells a network of a transaction, and what becomes of it. */
export const broadcast: Command = {
  name: 'broadcast',
  describe: 'tell a network of a transaction, and what becomes of it',
  run: (args) => {
    const text = { type: 'string', requiresArg: true } as const
    const parser = p2pCommandLine(
      'broadcast',
      '<transaction> --network <name> [options]',
      'Announces a raw transaction, and waits until a peer passes it on or refuses it.',
    )
      .command('$0 <transaction>', false)
      .option('wait', { ...text, describe: 'seconds to wait for what becomes of it [15]' })
      .option('relays', { ...text, describe: 'peers that must pass it on [1]' })
      .option('push', { type: 'boolean', describe: 'send it unasked; some nodes hang up on that' })
      .example('$0 -n regtest -p 127.0.0.1:18444 0100…', 'a transaction in hex')
      .example('$0 -n regtest -p 127.0.0.1:18444 @tx.hex', 'from a file')
    const run = withSession(
      parser,
      args,
      async ({ manager, signal, isJson }, flags) => {
        const raw = await readTransaction(flags['transaction'] ?? '')
        const result = await manager.broadcast(raw, { ...readOptions(flags), signal })
        process.stdout.write(isJson ? `${JSON.stringify(jsonOf(result))}\n` : textOf(result))
        if (result.rejected) process.exitCode = 1
      },
      { relay: true },
    )
    return run
  },
}

function readOptions(flags: Flags): { waitMs: number; minRelays: number; push: boolean } {
  return {
    waitMs: read(flags, 'wait', '15', secondsIn(0, 86_400)),
    minRelays: read(flags, 'relays', '1', integerIn(1, 1000)),
    push: (flags['push'] as unknown) === true,
  }
}

function read(flags: Flags, flag: string, fallback: string, reader: (text: string) => number): number {
  try {
    return reader(flags[flag] ?? fallback)
  } catch (error) {
    throw new SettingsError(`--${flag} ${messageOf(error)}`)
  }
}

async function readTransaction(given: string): Promise<Uint8Array> {
  const hex = given.startsWith('@') ? (await readFile(given.slice(1), 'utf8')).trim() : given
  if (!/^([0-9a-f]{2})+$/i.test(hex))
    throw new SettingsError('the transaction is given in hex, or as @file with hex in it')
  return Buffer.from(hex, 'hex')
}

function textOf({ txid, rejected, requestedBy, relayingPeerIds }: BroadcastResult): string {
  if (rejected) return `${txid}\nrefused: ${rejected.reason} (code 0x${rejected.code.toString(16)})\n`
  if (relayingPeerIds.length > 0) return `${txid}\n${relayingPeerIds.length} peers have passed it on\n`
  const asked = requestedBy.length > 0 ? `${requestedBy.length} peers took it` : 'nobody asked for it'
  return `${txid}\n${asked}, and nobody has passed it on so far\n`
}

function jsonOf({ txid, rejected, requestedBy, relayingPeerIds }: BroadcastResult): object {
  return {
    txid,
    ...(rejected && { rejected: { code: rejected.code, reason: rejected.reason } }),
    requested_by: requestedBy.length,
    relayed_by: relayingPeerIds.length,
  }
}
