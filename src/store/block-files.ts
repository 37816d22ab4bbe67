import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pLimit from 'p-limit'
import { assert, messageOf } from '../base/errors.js'
import type { Json } from '../base/json.js'
import { removeTemporaries, replaceFiles } from './atomic-write.js'
import { blockName, checkTemplate, heightInName } from './block-name.js'
import { makeFolder, syncFolder } from './folder.js'
import { inTurn } from './in-turn.js'
import { jsonText } from './json-file.js'
import { readJson, readJsonInTurn, type JsonSource } from './read-json.js'
import { requireRoom } from './room.js'
import type { OnSetAside } from './set-aside.js'

export interface BlockFilesOptions<Block> {
  /** The folder of the block files; no other process may write in it. */
  readonly folder: string
  /** What their names start with; see {@link checkTemplate}. */
  readonly template: string
  /** Throws, saying why, on JSON that is no block. That its height is the file's is checked before. */
  readonly decode: (json: Json) => Block
  readonly onSetAside: OnSetAside
}

/** How many blocks are read at once, and so the most that wait in memory for a slow consumer. */
const BATCH = 16

/**
 * Blocks as files `<template><height>.json`. Writes are atomic and durable. A file under a block's name that is not
 * the block of that height is never overwritten or deleted, but set aside and reported, then treated as absent.
 */
export class BlockFiles<Block> {
  readonly #options: BlockFilesOptions<Block>
  readonly #folder: string

  private constructor(options: BlockFilesOptions<Block>) {
    this.#options = options
    this.#folder = resolve(options.folder)
  }

  /**
   * Makes the folder if it is missing and clears what a crash left of unfinished writes.
   * @throws {Error} when the template is refused or the folder cannot be made
   */
  static async open<Block>(options: BlockFilesOptions<Block>): Promise<BlockFiles<Block>> {
    checkTemplate(options.template)
    await makeFolder(options.folder)
    await removeTemporaries(options.folder)
    return new BlockFiles(options)
  }

  /** Writes one block, replacing another of its height. `json` is an object whose `height` is `height`. */
  write(height: number, json: Json): Promise<void> {
    return this.writeMany([[height, json]])
  }

  /**
   * Writes many blocks at the price of one folder sync. They appear from the lowest up, so that a crash or a failure
   * leaves no gap that was not there. All are held in memory as text: the caller bounds their number.
   * @throws {DiskError} when they cannot be written, or the disk is nearly full
   */
  async writeMany(blocks: Iterable<readonly [height: number, json: Json]>): Promise<void> {
    const ascending = [...new Map(blocks)].sort(([a], [b]) => a - b)
    const files = ascending.map(([height, json]) => {
      assert(heightInside(json) === height, `a block with height ${heightInside(json)} is no block ${height}`)
      return { name: blockName(this.#options.template, height), data: jsonText(json) }
    })
    requireRoom(this.#folder)
    await inTurn(this.#folder, async () => {
      await pLimit(BATCH).map(ascending, ([height]) => readJsonInTurn(this.#source(height)))
      await replaceFiles(this.#folder, files)
    })
  }

  /** The block of a height, or undefined. */
  async read(height: number): Promise<Block | undefined> {
    return readJson(this.#source(height))
  }

  /**
   * The blocks from one height up to another, both included, in order. Ends early before the first one missing. Keeps
   * no more than a few of them in memory, whatever the length of the chain.
   */
  async *readMany(from: number, to: number): AsyncGenerator<Block, void, undefined> {
    for (let start = from; start <= to; start += BATCH) {
      const heights = Array.from({ length: Math.min(BATCH, to - start + 1) }, (_, i) => start + i)
      const blocks = await Promise.all(heights.map((height) => this.read(height)))
      for (const block of blocks) {
        if (block === undefined) return
        yield block
      }
    }
  }

  /** The heights there is a file for, ascending, by name alone. Files under other names are ignored. */
  async list(): Promise<number[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch((error: unknown) => {
      throw new Error(`cannot read the folder ${this.#folder}: ${messageOf(error)}`, { cause: error })
    })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => heightInName(this.#options.template, entry.name))
      .filter((height) => height !== undefined)
      .sort((a, b) => a - b)
  }

  /** The highest height up to which every file is there, from 0 on; -1 when there is no file of height 0. */
  async tip(): Promise<number> {
    const heights = await this.list()
    const firstGap = heights.findIndex((height, i) => height !== i)
    return firstGap === -1 ? heights.length - 1 : firstGap - 1
  }

  /** Deletes the block of a height, if it is there, durably. */
  async remove(height: number): Promise<void> {
    await inTurn(this.#folder, () => this.#removeEach([height]))
  }

  /** Deletes every block above a height, from the top down, so that a crash leaves no gap that was not there. */
  async removeAbove(height: number): Promise<void> {
    await inTurn(this.#folder, async () => {
      const heights = await this.list()
      await this.#removeEach(heights.filter((other) => other > height).reverse())
    })
  }

  async #removeEach(heights: readonly number[]): Promise<void> {
    for (const height of heights) {
      const source = this.#source(height)
      if ((await readJsonInTurn(source)) !== undefined) await rm(source.path)
    }
    await syncFolder(this.#folder)
  }

  #source(height: number): JsonSource<Block> {
    const { template, decode, onSetAside } = this.#options
    return {
      path: join(this.#folder, blockName(template, height)),
      decode: (json) => {
        if (heightInside(json) !== height) throw new Error(`not a block of height ${height}`)
        return decode(json)
      },
      onSetAside,
    }
  }
}

function heightInside(json: Json): number | undefined {
  if (typeof json !== 'object' || json === null || !('height' in json)) return undefined
  return typeof json['height'] === 'number' ? json['height'] : undefined
}
