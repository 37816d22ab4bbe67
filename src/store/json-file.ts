import { basename, dirname } from 'node:path'
import { parseJson } from '../base/json.js'
import { replaceFiles } from './atomic-write.js'
import { inTurn } from './in-turn.js'
import { readJson, readJsonInTurn, type JsonSource } from './read-json.js'

/** The text of a JSON file: two spaces a level, a line break at the end, for people and for `diff`. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** One value kept as JSON in one file. */
export class JsonFile<T> {
  readonly #source: JsonSource<T>

  constructor(source: JsonSource<T>) {
    this.#source = source
  }

  /** The value; undefined when there is no file, or when it was unfit and has been set aside and reported. */
  read(): Promise<T | undefined> {
    return readJson(this.#source)
  }

  /**
   * Replaces the value, atomically and durably. What stands in the file is set aside first if it is torn or foreign.
   * @throws {Error} what `decode` says, when it would refuse the value as it stands in JSON
   */
  async write(value: T): Promise<void> {
    const { path, decode } = this.#source
    const data = jsonText(value)
    decode(parseJson(data))
    await inTurn(dirname(path), async () => {
      await readJsonInTurn(this.#source)
      await replaceFiles(dirname(path), [{ name: basename(path), data }])
    })
  }
}
