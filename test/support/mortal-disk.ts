import * as files from 'node:fs/promises'
import { jest } from '@jest/globals'
import fsExtra from 'fs-extra'

/** What a process that is dead finds everything to be. */
class DiskFailure extends Error {
  override readonly name = 'DiskFailure'
}

/** How the disk lets down those who write: from one operation on for ever, as death does, or in that one alone. */
export type Failing = 'for ever' | 'once'

/** Counts what changes the disk, by file and by commit of a database, and lets an operation fail before it happens. */
class MortalDisk {
  #operations = 0
  #failAt = Infinity
  #failing: Failing = 'once'
  readonly #underWay = new Set<Promise<unknown>>()

  /** Counted since {@link arm}. */
  get operations(): number {
    return this.#operations
  }

  get hasFailed(): boolean {
    return this.#operations >= this.#failAt
  }

  /** Operation number `failAt` from now on, the first being 1, fails. */
  arm(failAt: number, failing: Failing): void {
    this.#operations = 0
    this.#failAt = failAt
    this.#failing = failing
  }

  /** The disk is sound again, once what is under way has ended. */
  async heal(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    this.#failAt = Infinity
  }

  step(): void {
    this.#operations++
    const fails = this.#failing === 'once' ? this.#operations === this.#failAt : this.hasFailed
    if (fails) throw new DiskFailure(`operation ${this.#operations} fails`)
  }

  /** An operation that happens a little later than it is asked for, as a commit in the background does. */
  later<T>(operation: () => Promise<T>): Promise<T> {
    const done = new Promise(setImmediate).then(() => {
      this.step()
      return operation()
    })
    this.#underWay.add(done)
    void done.catch(() => undefined).finally(() => this.#underWay.delete(done))
    return done
  }
}

export const disk = new MortalDisk()

const { writeFile, rm } = files

/** A write that fails has written half. */
async function writeOrHalf(...[path, data, options]: Parameters<typeof writeFile>): Promise<void> {
  try {
    disk.step()
  } catch (error) {
    const text = data as string
    await writeFile(path, text.slice(0, text.length / 2), options)
    throw error
  }
  await writeFile(path, data, options)
}

// Before the first import of what writes; a test that uses this disk imports the chain dynamically.
jest.unstable_mockModule('node:fs/promises', () => ({
  ...files,
  writeFile: writeOrHalf,
  rm: async (...args: Parameters<typeof rm>) => {
    disk.step()
    await rm(...args)
  },
}))
jest.unstable_mockModule('fs-extra', () => ({
  default: {
    ...fsExtra,
    rename: async (from: string, to: string) => {
      disk.step()
      await fsExtra.rename(from, to)
    },
  },
}))
const { ChainIndex } = await import('../../src/store/index/chain-index.js')
const { PendingStore } = await import('../../src/store/index/pending-store.js')

/* eslint-disable @typescript-eslint/unbound-method -- called on what they belong to */
const { write } = ChainIndex.prototype
const { put, remove } = PendingStore.prototype
/* eslint-enable @typescript-eslint/unbound-method */

jest.spyOn(ChainIndex.prototype, 'write').mockImplementation(function (
  this: typeof ChainIndex.prototype,
  work,
) {
  disk.step()
  return write.call(this, work)
})
jest.spyOn(PendingStore.prototype, 'put').mockImplementation(function (
  this: typeof PendingStore.prototype,
  ...args
) {
  return disk.later(() => put.call(this, ...args))
})
jest.spyOn(PendingStore.prototype, 'remove').mockImplementation(function (
  this: typeof PendingStore.prototype,
  ...args
) {
  return disk.later(() => remove.call(this, ...args))
})
