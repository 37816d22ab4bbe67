import { randomUUID } from 'node:crypto'
import type { AckStatus, ClientFrame, Hello, Result } from '../../wire/remote.js'
import { TooManyClientsError } from '../engine/leases.js'
import type { Acknowledgement, Attached, Client, Delivery } from '../prime.js'
import type { SessionReport } from '../sessions.js'
import type { Admitted } from './admission.js'
import { Finishing } from './finishing.js'
import type { FrameLine } from './frame-line.js'
import { deliveryFrame, outcomeOf, readFrame, welcomeFrame } from './frames.js'
import { Pulse } from './pulse.js'
import { type Introduction, readHello } from './read-hello.js'
import { REFUSALS, type Refusal } from './refusal.js'
import { CLOSING_TICKS, HELLO_TICKS, MAX_FRAME_BYTES } from './settings.js'
import type { SessionSurroundings } from './surroundings.js'

/** Opening: nobody said Hello. Leaving: what came is still being kept, and nothing else happens. */
type State = 'opening' | 'live' | 'leaving' | 'over'

const STRANGER: Introduction = {
  instanceId: '',
  language: '',
  templateVersion: '',
  maxInFlight: 0,
  held: [],
}

/** One stream of a client, from its headers to its end: what it says, and what the prime has for it. */
export class RemoteSession implements Client {
  readonly sessionId = randomUUID()
  readonly contractId: string
  readonly keyId: string
  readonly #line: FrameLine
  readonly #around: SessionSurroundings
  readonly #pulse: Pulse
  readonly #finishing: Finishing
  readonly #inFlight = new Set<string>()
  #state: State = 'opening'
  #client = STRANGER
  #sinceMs: number
  #maxInFlight = 0
  #envVersion = 0
  #isEnvironmentDue = false
  #isDraining = false
  #leavesAs: 'goodbye' | 'lost' = 'lost'
  #waitedTicks = 0
  #isClosed = false

  constructor(line: FrameLine, { contract, keyId }: Admitted, around: SessionSurroundings) {
    this.#line = line
    this.contractId = contract.id
    this.keyId = keyId
    this.#around = around
    this.#sinceMs = around.now()
    this.#pulse = new Pulse(line, around.now)
    this.#finishing = new Finishing(line)
  }

  get instanceId(): string {
    return this.#client.instanceId
  }

  get isOpening(): boolean {
    return this.#state === 'opening'
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** The stream itself has ended, too. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Nothing of it is under way. */
  get isIdle(): boolean {
    return this.#state === 'over' || (this.#inFlight.size === 0 && this.#finishing.isNone)
  }

  report(): SessionReport {
    const { instanceId, language, templateVersion } = this.#client
    return {
      sessionId: this.sessionId,
      contractId: this.contractId,
      instanceId,
      language,
      templateVersion,
      address: this.#line.address,
      keyId: this.keyId,
      sinceMs: this.#sinceMs,
      inFlight: this.#inFlight.size,
      maxInFlight: this.#maxInFlight,
      lastHeardMs: this.#pulse.heardMs,
    }
  }

  deliver(delivery: Delivery): void {
    if (this.#state !== 'live') return
    const version = this.#around.registry.get(this.contractId)?.envVersion ?? this.#envVersion
    if (version !== this.#envVersion) this.#sendEnvironment()
    this.#inFlight.add(delivery.invocationId)
    this.#line.send({ delivery: deliveryFrame(delivery, this.#envVersion) })
  }

  cancel(invocationId: string, reason: string): void {
    if (this.#state !== 'live') return
    if (this.#inFlight.delete(invocationId)) this.#around.eased()
    this.#line.send({ cancel: { invocationId, reason } })
  }

  supersede(): void {
    this.end(REFUSALS.superseded)
  }

  /** A message came. */
  receive(bytes: Uint8Array): void {
    if (this.#state !== 'opening' && this.#state !== 'live') return
    this.#pulse.heard()
    if (bytes.length > MAX_FRAME_BYTES) {
      this.end(REFUSALS.tooLarge)
      return
    }
    const frame = readFrame(bytes)
    if (!frame) {
      this.end(REFUSALS.junk)
      return
    }
    if (this.#state === 'live') this.#take(frame, bytes.length)
    else if (frame.hello) this.#welcome(frame.hello)
    else this.end(REFUSALS.firstFrame)
  }

  /** The client says no more. */
  halfClosed(): void {
    if (this.#state === 'opening') this.end(REFUSALS.firstFrame)
    else this.#leave(this.#maxInFlight === 0 ? 'goodbye' : 'lost')
  }

  /** The stream has ended, whoever ended it. */
  closed(): void {
    this.#isClosed = true
    this.#over('the connection was lost')
  }

  /** Ends the stream. */
  end(refusal: Refusal): void {
    if (this.#state === 'over') return
    if (this.#state === 'opening') this.#around.tell.refused(this.#line.address, refusal)
    this.#over(refusal.details)
    this.#line.end(refusal)
  }

  /** Environment or secrets are others now; a client that does not read is told with its next delivery. */
  environmentChanged(): void {
    this.#isEnvironmentDue = true
    if (this.#state === 'live' && this.#line.pendingBytes === 0) this.#sendEnvironment()
  }

  /** What is finished is still taken; nothing more is delivered. */
  drain(graceMs: number, reconnectAfterMs: number): void {
    if (this.#state === 'opening') this.end(REFUSALS.stopping)
    if (this.#state !== 'live') return
    this.#isDraining = true
    this.#around.prime.credit(this.sessionId, 0)
    this.#line.send({ drain: { graceMs, reconnectAfterMs } })
  }

  tick(): void {
    if (this.#isClosed) return
    if (this.#state === 'over') {
      if (++this.#waitedTicks === CLOSING_TICKS) this.#line.cut()
    } else if (this.#state === 'opening') {
      if (++this.#waitedTicks > HELLO_TICKS) this.end(REFUSALS.noHello)
    } else {
      const refusal = this.#pulse.tick(!this.#finishing.isPaused)
      if (refusal) this.end(refusal)
      else if (this.#isEnvironmentDue) this.environmentChanged()
    }
  }

  #welcome(hello: Hello): void {
    const client = readHello(hello)
    if ('code' in client) {
      this.end(client)
      return
    }
    if (!this.#around.hasRoom(this.contractId, client.instanceId)) {
      this.end(REFUSALS.noRoom)
      return
    }
    const contract = this.#around.registry.get(this.contractId)
    if (!contract) {
      this.end(REFUSALS.unknownContract)
      return
    }
    this.#client = client
    const attached = this.#attach()
    if (!attached) return
    this.#state = 'live'
    this.#sinceMs = this.#around.now()
    this.#maxInFlight = attached.grantedInFlight
    for (const invocationId of attached.kept) this.#inFlight.add(invocationId)
    this.#line.send({ welcome: welcomeFrame(this.sessionId, hello.protocol, contract, attached) })
    this.#sendEnvironment()
    this.#around.tell.began(this.report())
    this.#around.turned(this)
    this.#around.prime.start(this.sessionId)
  }

  #attach(): Attached | undefined {
    const { maxInFlight, held } = this.#client
    try {
      return this.#around.prime.attach(this, maxInFlight, held)
    } catch (error) {
      if (error instanceof TooManyClientsError) this.end(REFUSALS.noRoom)
      else this.#fault(error)
      return undefined
    }
  }

  #take({ hello, result, progress, credit, heartbeat, goodbye }: ClientFrame, bytes: number): void {
    if (hello) this.end(REFUSALS.secondHello)
    else if (result) void this.#finish(result, bytes)
    else if (progress) {
      const { invocationId, leaseToken, logs } = progress
      this.#around.prime.progress(this.sessionId, invocationId, leaseToken, logs ?? undefined)
    } else if (credit) this.#credit(credit.maxInFlight)
    else if (heartbeat) this.#pulse.echo(heartbeat.unixMs)
    else if (goodbye) this.#leave('goodbye')
  }

  #credit(maxInFlight: number): void {
    this.#maxInFlight = maxInFlight
    if (!this.#isDraining) this.#around.prime.credit(this.sessionId, maxInFlight)
  }

  async #finish(result: Result, bytes: number): Promise<void> {
    this.#finishing.enter(bytes)
    try {
      const acknowledgement = await this.#around.prime.finish(this.sessionId, outcomeOf(result))
      this.#acknowledge(result.invocationId, acknowledgement)
    } catch (error) {
      this.#fault(error)
    }
    this.#finishing.leave(bytes)
    this.#settle()
  }

  #acknowledge(invocationId: string, { status, outputTxnId, detail }: Acknowledgement): void {
    if (this.#state === 'over') return
    this.#inFlight.delete(invocationId)
    const code: (typeof AckStatus)[keyof typeof AckStatus] = status
    this.#line.send({ resultAck: { invocationId, status: code, outputTxnId, detail } })
  }

  #sendEnvironment(): void {
    const { registry } = this.#around
    if (!registry.get(this.contractId)) return
    this.#isEnvironmentDue = false
    const contractEnv = registry.environmentOf(this.contractId)
    this.#envVersion = contractEnv.version
    this.#line.send({ contractEnv })
  }

  #leave(how: 'goodbye' | 'lost'): void {
    if (this.#state !== 'live') return
    this.#state = 'leaving'
    this.#leavesAs = how
    this.#around.prime.credit(this.sessionId, 0)
    this.#settle()
  }

  #settle(): void {
    if (this.#state === 'leaving' && this.#finishing.isNone) {
      this.#over('the client left')
      this.#line.end()
    } else {
      this.#around.eased()
    }
  }

  /** The node cannot do its part: the client may try again. */
  #fault(error: unknown): void {
    if (this.#state === 'over') return
    this.#around.tell.fault(error, this.report())
    this.end(REFUSALS.notKept)
  }

  #over(reason: string): void {
    if (this.#state === 'over') return
    const wasWelcome = this.#state !== 'opening'
    this.#state = 'over'
    this.#waitedTicks = 0
    if (!wasWelcome) return
    this.#around.prime.detach(this.sessionId, this.#leavesAs)
    this.#around.tell.ended(this.report(), reason)
    this.#around.turned(this)
    this.#around.eased()
  }
}
