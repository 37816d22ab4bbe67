import { ipInUrl } from '../base/ip.js'
import { BusError } from './bus-error.js'
import { Link, type LinkOptions } from './link/link.js'
import type { Dependencies, RolePlace } from './manager/registry.js'

/** Modules of other languages listen at this path only. */
const PATH = '/ws'

/** Connections to the modules that this one depends on, made when they are first used. */
export class DirectLinks {
  readonly #options: Omit<LinkOptions, 'url'>
  readonly #onFailure: (role: string, error: BusError) => void
  readonly #links = new Map<string, Link>()

  /** @param onFailure a module can be reached, and will not talk to us */
  constructor(options: Omit<LinkOptions, 'url'>, onFailure: (role: string, error: BusError) => void) {
    this.#options = options
    this.#onFailure = onFailure
  }

  /** Undefined where the module does not listen. */
  of(role: string, dependencies: Dependencies): Link | undefined {
    const place = dependencies[role]
    if (!place || !isOpen(place)) return undefined
    const url = urlOf(place)
    const known = this.#links.get(url)
    if (known) return known
    const link = new Link({ ...this.#options, url })
    this.#links.set(url, link)
    link.start().catch((error: unknown) => {
      if (this.#links.get(url) === link) this.#links.delete(url)
      if (error instanceof BusError && error.code !== 'ABORTED') this.#onFailure(role, error)
    })
    return link
  }

  /** Lets go of the modules that are no longer where they were. */
  keepOnly(dependencies: Dependencies): void {
    const urls = new Set(Object.values(dependencies).filter(isOpen).map(urlOf))
    for (const [url, link] of this.#links) {
      if (urls.has(url)) continue
      this.#links.delete(url)
      void link.close()
    }
  }

  async close(): Promise<void> {
    const links = [...this.#links.values()]
    this.#links.clear()
    await Promise.all(links.map((link) => link.close()))
  }
}

function isOpen({ IP, Port }: RolePlace): boolean {
  return IP !== '' && Number(Port) > 0
}

function urlOf({ IP, Port }: RolePlace): string {
  return `ws://${ipInUrl(IP)}:${Port}${PATH}`
}
