import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../../../scripts/fuzz/mutate.js'
import { ContractProcess } from './contract-process.js'
import type { Language } from './languages.js'
import type { Registered } from './soak-node.js'

/** Short enough that even a minute of faults is mostly work. */
const RECONNECTING = { reconnect_delay_seconds: 0.5, max_backoff_seconds: 4 }

interface Place {
  readonly language: Language
  readonly contract: Registered
  process: ContractProcess
  isUpset: boolean
}

/** Clients that are killed and frozen, and come back. */
export class SoakClients {
  readonly #places: Place[] = []
  readonly #healing = new Set<Promise<void>>()

  async add(language: Language, contract: Registered): Promise<void> {
    this.#places.push({ language, contract, process: await start(language, contract), isUpset: false })
  }

  /** Kills one that is well and starts it again a little later. */
  kill(dice: Dice): string {
    return this.#upset(dice, 'killed', dice.roll(4000), 'SIGKILL', async (place) => {
      place.process = await start(place.language, place.contract)
    })
  }

  /** Stops one in the midst of whatever it does and lets it go on a little later. */
  freeze(dice: Dice): string {
    return this.#upset(dice, 'frozen', 500 + dice.roll(20_000), 'SIGSTOP', (place) => {
      place.process.signal('SIGCONT')
    })
  }

  /** Resolves when all are well. @throws {Error} one has ended by itself, which none may */
  async healed(): Promise<void> {
    await Promise.all(this.#healing)
    for (const { language, process } of this.#places)
      if (!process.isRunning)
        throw new Error(`${language.name} ended by itself: ${process.output.slice(-4000)}`)
  }

  /** As their users stop them. @throws {Error} one does not end with 0 */
  async stop(): Promise<void> {
    await Promise.all(
      this.#places.map(async ({ language, process }) => {
        const code = await process.kill('SIGTERM')
        if (code !== 0) throw new Error(`${language.name} ended with ${code}: ${process.output.slice(-4000)}`)
      }),
    )
  }

  #upset(
    dice: Dice,
    what: string,
    ms: number,
    signal: NodeJS.Signals,
    heal: (place: Place) => Promise<void> | void,
  ): string {
    const well = this.#places.filter((each) => !each.isUpset)
    if (well.length === 0) return 'all clients are upset already'
    const place = dice.pick(well)
    place.isUpset = true
    place.process.signal(signal)
    const healing = delay(ms)
      .then(() => heal(place))
      .finally(() => {
        place.isUpset = false
        this.#healing.delete(healing)
      })
    healing.catch(() => undefined)
    this.#healing.add(healing)
    return `a client in ${place.language.name} is ${what} for ${ms} ms`
  }
}

async function start(language: Language, contract: Registered): Promise<ContractProcess> {
  return ContractProcess.start(language, { ...contract, ...RECONNECTING, num_workers: 4 })
}
