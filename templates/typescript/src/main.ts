/** The client of a remote contract: `node dist/src/main.js --config config.yaml`. Exit code 2: it cannot start so. */
import { parseArgs } from 'node:util'
import { Channel } from './runtime/channel.js'
import { check } from './runtime/check.js'
import { RemoteClient } from './runtime/client.js'
import { type Config, ConfigError, loadConfig } from './runtime/config.js'
import { beVerbose, log } from './runtime/log.js'
import { onStopSignal } from './runtime/signals.js'
import { WorkerPool } from './runtime/worker-pool.js'

const HELP = `Connects a contract to its Terrarium node. The contract itself is src/process.ts.

  --config FILE  the settings; config.yaml unless told otherwise
  --check        only ask the node whether it would let the contract in
  --verbose      tell more
  --help         this text
`

const PROCESS_MODULE = new URL('./process.js', import.meta.url).href

process.exit(await main())

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string', default: 'config.yaml' },
        check: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help === true) {
      process.stdout.write(HELP)
      return 0
    }
    if (values.verbose === true) beVerbose()
    const config = loadConfig(values.config ?? 'config.yaml', process.env, log.warn)
    const channel = new Channel(config)
    return values.check === true ? await check(channel) : await run(config, channel)
  } catch (error) {
    if (!(error instanceof ConfigError) && !isUsageError(error)) throw error
    log.error((error as Error).message)
    return 2
  }
}

async function run(config: Config, channel: Channel): Promise<number> {
  const pool = new WorkerPool({
    processModule: PROCESS_MODULE,
    size: config.numWorkers,
    memoryMb: config.workerMemoryMb,
    timeoutMs: config.processTimeoutMs,
    logLimitBytes: config.logLimitBytes,
  })
  try {
    await pool.start()
  } catch {
    return 2
  }
  const client = new RemoteClient(config, channel, pool)
  onStopSignal((signal) => {
    log.info(`${signal}: finishing what has begun`)
    void client.stop()
  })
  const code = await client.run()
  await pool.close()
  return code
}

function isUsageError(error: unknown): boolean {
  return (
    error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  )
}
