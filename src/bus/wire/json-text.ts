import type { Json } from '../../base/json.js'

/** A result as the JSON text it came as, to be passed on without being written anew. */
export class JsonText {
  readonly text: string

  /** @param text well-formed JSON */
  constructor(text: string) {
    this.text = text
  }

  /** As part of something larger it is a value like any other. */
  toJSON(): Json {
    return JSON.parse(this.text) as Json
  }
}
