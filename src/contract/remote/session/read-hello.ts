import { status } from '@grpc/grpc-js'
import type { Hello } from '../../wire/remote.js'
import { REFUSALS, type Refusal } from './refusal.js'
import { MAX_HELD, MAX_INSTANCE_ID, MAX_LABEL, PROTOCOLS } from './settings.js'

/** What a client said of itself, fit to be shown. */
export type Introduction = Pick<Hello, 'instanceId' | 'language' | 'templateVersion' | 'maxInFlight' | 'held'>

const PRINTABLE = /^[\x21-\x7e]+$/

export function readHello(hello: Hello): Introduction | Refusal {
  const { protocol, instanceId, held, maxInFlight } = hello
  if (!PROTOCOLS.includes(protocol)) {
    const details = `protocol ${protocol} is not supported; supported: ${PROTOCOLS.join(', ')}`
    return { code: status.FAILED_PRECONDITION, details }
  }
  if (instanceId.length > MAX_INSTANCE_ID || !PRINTABLE.test(instanceId))
    return bad(`instance_id is to be 1 to ${MAX_INSTANCE_ID} printable characters without spaces`)
  if (held.length > MAX_HELD) return bad(`held is to name at most ${MAX_HELD} invocations`)
  const language = label(hello.language)
  const templateVersion = label(hello.templateVersion)
  return { instanceId, language, templateVersion, maxInFlight, held }
}

function bad(details: string): Refusal {
  return { ...REFUSALS.firstFrame, details: `Hello: ${details}` }
}

function label(text: string): string {
  return text.slice(0, MAX_LABEL).replaceAll(/[^\x20-\x7e]/g, '?')
}
