import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../../../src/store/error-code.js'
import { afterThisTest } from '../../../support/cleanup.js'

/** A file system of a few megabytes, which a test fills up. */
export class SmallDisk {
  readonly folder: string
  readonly #filler: string

  private constructor(folder: string) {
    this.folder = folder
    this.#filler = join(folder, 'filler')
  }

  /** Whether this machine lets the test have one. */
  static isPossible(): boolean {
    return process.platform === 'linux' && process.getuid?.() === 0
  }

  static mount(folder: string, megabytes: number): SmallDisk {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
    afterThisTest(() => execFileSync('umount', ['--lazy', folder]))
    return new SmallDisk(folder)
  }

  /** Leaves no byte. */
  fill(): void {
    for (const bytes of [65_536, 4096, 1]) {
      try {
        for (;;) appendFileSync(this.#filler, Buffer.alloc(bytes))
      } catch (error) {
        if (!hasCode(error, 'ENOSPC')) throw error
      }
    }
  }

  free(): void {
    rmSync(this.#filler)
  }
}
