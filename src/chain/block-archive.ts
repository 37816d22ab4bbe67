import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '../base/json.js'
import type { Block } from '../ledger/block.js'
import { decodeBlock } from '../ledger/decode-block.js'
import { encodeBlock } from '../ledger/encode-block.js'
import { removeTemporaries, writeFileAtomic } from '../store/atomic-write.js'
import { BlockFiles } from '../store/block-files.js'
import { makeFolder } from '../store/folder.js'
import { jsonText } from '../store/json-file.js'
import { readJson } from '../store/read-json.js'
import type { OnSetAside } from '../store/set-aside.js'

export interface BlockArchiveOptions {
  readonly folder: string
  readonly template: string
  readonly onSetAside: OnSetAside
}

const SIDE_FOLDER = 'side'

/**
 * All blocks a node holds, as files: the chain as `<template><height>.json`, blocks of other branches as
 * `side/<hash>.json`. Every write is durable when it resolves.
 */
export class BlockArchive {
  readonly #files: BlockFiles<Block>
  readonly #sideFolder: string
  readonly #onSetAside: OnSetAside

  private constructor(files: BlockFiles<Block>, sideFolder: string, onSetAside: OnSetAside) {
    this.#files = files
    this.#sideFolder = sideFolder
    this.#onSetAside = onSetAside
  }

  static async open({ folder, template, onSetAside }: BlockArchiveOptions): Promise<BlockArchive> {
    const files = await BlockFiles.open({ folder, template, decode: decodeBlock, onSetAside })
    const sideFolder = join(folder, SIDE_FOLDER)
    await makeFolder(sideFolder)
    await removeTemporaries(sideFolder)
    return new BlockArchive(files, sideFolder, onSetAside)
  }

  /** Heights of the chain's files, ascending. */
  heights(): Promise<number[]> {
    return this.#files.list()
  }

  /** The chain's block at a height. */
  read(height: number): Promise<Block | undefined> {
    return this.#files.read(height)
  }

  /** The chain's blocks in order, a few at a time in memory; ends before the first that is missing. */
  readMany(from: number, to: number): AsyncGenerator<Block, void, undefined> {
    return this.#files.readMany(from, to)
  }

  /** Puts blocks into the chain; they follow each other. */
  write(blocks: readonly Block[]): Promise<void> {
    return this.#files.writeMany(blocks.map((block) => [block.header.height, encodeBlock(block)] as const))
  }

  /** Takes the chain's last block, of this height, out of the chain. */
  removeLast(height: number): Promise<void> {
    return this.#files.remove(height)
  }

  removeAbove(height: number): Promise<void> {
    return this.#files.removeAbove(height)
  }

  readSide(hash: string): Promise<Block | undefined> {
    const path = this.#sidePath(hash)
    return readJson({ path, decode: (json) => decodeSide(json, hash), onSetAside: this.#onSetAside })
  }

  writeSide(block: Block): Promise<void> {
    return writeFileAtomic(this.#sidePath(block.header.hash), jsonText(encodeBlock(block)))
  }

  async removeSide(hash: string): Promise<void> {
    await rm(this.#sidePath(hash), { force: true })
  }

  /** Hashes of the blocks beside the chain, in no order. */
  async sideHashes(): Promise<string[]> {
    const names = await readdir(this.#sideFolder)
    return names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? [])
  }

  #sidePath(hash: string): string {
    return join(this.#sideFolder, `${hash}.json`)
  }
}

function decodeSide(json: Json, hash: string): Block {
  const block = decodeBlock(json)
  if (block.header.hash !== hash) throw new Error(`it holds block ${block.header.hash}`)
  return block
}
