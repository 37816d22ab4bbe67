import type { Colors } from 'picocolors/types.js'
import { guestLink } from '../../../../bus/guest-link.js'
import { updatesOf } from '../../../../bus/link/updates.js'
import type { TopicPayload } from '../../../../api/topics.js'

export interface CallViewOptions {
  readonly url: string
  readonly token: string | undefined
  readonly contract: string
  readonly colors: Colors
  readonly print: (line: string) => void
  readonly signal: AbortSignal
}

const MAX_PAUSE_MS = 2_000

/** Shows the calls of a contract, what became of them and its events, a line each, until the signal. */
export async function viewCalls(options: CallViewOptions): Promise<void> {
  const { url, token: adminToken, signal } = options
  const link = guestLink({
    url: url.replace(/^http/, 'ws'),
    name: 'terrarium',
    adminToken,
    maxPauseMs: MAX_PAUSE_MS,
  })
  const started = link.start().catch(() => undefined)
  const follow = async <N extends 'contracts.called' | 'contracts.committed' | 'contracts.event'>(
    topic: N,
    lineOf: (payload: TopicPayload<N>) => string,
  ): Promise<void> => {
    let isFirst = true
    for await (const { value } of updatesOf(
      link,
      `events.${topic}`,
      {},
      { everyEvents: 1, everySeconds: 0, signal },
    )) {
      // The first tells what was last before anybody looked.
      const payload = isFirst ? null : (value as TopicPayload<N> | null)
      isFirst = false
      if (payload && payload.contract === options.contract) options.print(lineOf(payload))
    }
  }
  const { colors } = options
  await Promise.allSettled([
    follow('contracts.called', (call) => calledLine(call, colors)),
    follow('contracts.committed', (call) => committedLine(call, colors)),
    follow(
      'contracts.event',
      ({ height, name, payload }) =>
        `${colors.magenta('event')}     ${name} ${payload.text ?? `0x${payload.hex ?? ''}`} (block ${height})`,
    ),
  ])
  await link.close()
  await started
}

function calledLine(
  { kind, function: name, status, message, milliseconds }: TopicPayload<'contracts.called'>,
  colors: Colors,
): string {
  const isGood = status !== null && status < 400
  const outcome = isGood ? colors.green(String(status)) : colors.red(`${status ?? 'no answer'} ${message}`)
  return `${colors.cyan(kind.padEnd(9))} ${name} ${outcome} ${colors.dim(`${milliseconds} ms`)}`
}

function committedLine(
  { height, code, code_name, reason, call_id }: TopicPayload<'contracts.committed'>,
  colors: Colors,
): string {
  const outcome = code === 0 ? colors.green(code_name) : colors.red(`${code_name}: ${reason ?? ''}`)
  return `${colors.cyan('committed')} ${outcome} in block ${height} ${colors.dim(`call ${call_id.slice(0, 8)}`)}`
}
