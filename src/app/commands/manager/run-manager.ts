import { ipRange, ipInUrl } from '../../../base/ip.js'
import { messageOf } from '../../../base/errors.js'
import { attachBus } from '../../../bus/attach-bus.js'
import { systemClock } from '../../../time/clock.js'
import { LogStore } from '../../../bus/storage/log-store.js'
import { STORAGE_ROLE, storageMethods } from '../../../bus/storage/storage-methods.js'
import { PROTOCOL_VERSION } from '../../../bus/wire/protocol-version.js'
import { Door } from '../../listen.js'
import { createLog } from '../../log.js'
import { SettingsError } from '../../settings/errors.js'
import { hostName, integerIn, ipAddress, listOf, oneOf, secret } from '../../settings/setting.js'
import { LOG_LEVELS } from '../../settings/table.js'
import { untilStopped } from '../../until-stopped.js'

export type ManagerFlags = Readonly<Record<string, string | undefined>>

/** Runs a manager until a signal ends it. */
export async function runManager(flags: ManagerFlags): Promise<void> {
  const ip = read(flags, 'ip', ipAddress) ?? ''
  const log = createLog(read(flags, 'log-level', oneOf(...LOG_LEVELS)) ?? 'info', process.stdout.isTTY)
  const access = {
    isLoopbackBind: ipRange(ip) === 'loopback',
    adminToken: read(flags, 'admin-token', secret),
    allowedHosts: read(flags, 'allow-host', listOf(hostName)) ?? [],
  }
  if (!access.isLoopbackBind && access.adminToken === undefined)
    throw new SettingsError('--admin-token is needed where others than this machine can reach the manager')
  const door = await Door.take(ip, read(flags, 'port', integerIn(0, 65_535)) ?? 0)
  const file = flags['log-file']
  const store = await LogStore.open({ log, ...(file === undefined ? {} : { file }) })
  const bus = attachBus(door.server, {
    methods: storageMethods(store, systemClock),
    name: 'manager',
    roles: { [STORAGE_ROLE]: [PROTOCOL_VERSION] },
    place: { ip, port: door.port },
    access,
    log,
  })
  door.open((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' }).end('WebSocket only\n')
  })
  log.info({ url: `ws://${ipInUrl(ip)}:${door.port}` }, 'the manager is up')
  process.send?.({ ready: { ip_address: ip, port: door.port } })
  await untilStopped(async () => {
    await bus.close()
    await door.close()
    await store.close()
  }, log)
}

function read<T>(flags: ManagerFlags, flag: string, reader: (text: string) => T): T | undefined {
  const text = flags[flag]
  if (text === undefined) return undefined
  try {
    return reader(text)
  } catch (error) {
    throw new SettingsError(`--${flag} ${messageOf(error)}`)
  }
}
