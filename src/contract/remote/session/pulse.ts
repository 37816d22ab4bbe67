import type { FrameLine } from './frame-line.js'
import { REFUSALS, type Refusal } from './refusal.js'
import { HEARTBEAT_TICKS, SILENCE_TICKS, UNREAD_TICKS } from './settings.js'

/** Whether the other end of a line is alive, counted in ticks: what the node itself slept through is not held against it. */
export class Pulse {
  readonly #line: FrameLine
  readonly #now: () => number
  #silentTicks = 0
  #unreadTicks = 0
  #framesLeft = 0
  #ticks = 0
  #echo = 0
  #isBeating = false
  heardMs: number

  constructor(line: FrameLine, now: () => number) {
    this.#line = line
    this.#now = now
    this.heardMs = now()
  }

  /** A frame came. */
  heard(): void {
    this.#silentTicks = 0
    this.heardMs = this.#now()
  }

  /** A heartbeat came: the next one of the node says which. */
  echo(unixMs: number): void {
    this.#echo = unixMs
  }

  /** @param isListening false: the node does not read at the moment */
  tick(isListening: boolean): Refusal | undefined {
    if (isListening) this.#silentTicks += 1
    if (this.#silentTicks > SILENCE_TICKS) return REFUSALS.silent
    if (this.#isStuck()) return REFUSALS.notReading
    this.#ticks += 1
    if (this.#ticks % HEARTBEAT_TICKS === 0) this.#beat()
    return undefined
  }

  #isStuck(): boolean {
    const { pendingBytes, framesLeft } = this.#line
    this.#unreadTicks = pendingBytes > 0 && framesLeft === this.#framesLeft ? this.#unreadTicks + 1 : 0
    this.#framesLeft = framesLeft
    return this.#unreadTicks > UNREAD_TICKS
  }

  /** One at a time: none queues behind another that has not left. */
  #beat(): void {
    if (this.#isBeating) return
    this.#isBeating = true
    const heartbeat = { unixMs: this.#now(), echo: this.#echo }
    this.#line.send({ heartbeat }, () => (this.#isBeating = false))
  }
}
