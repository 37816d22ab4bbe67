import type { JsonObject } from '../wire/read-scalar.js'
import type { OfferedMethod, Watch } from './offered-method.js'

/** A method under another name, with some of its parameters given: `blocks.last` is `blocks.get` of the block `last`. */
export function withParams(
  method: OfferedMethod,
  name: string,
  description: string,
  fixed: JsonObject,
): OfferedMethod {
  const { watch, info } = { watch: method.watch?.bind(method), info: method.info }
  const parameters = info.parameters.filter((parameter) => !(parameter.name in fixed))
  return {
    info: { ...info, name, description, parameters },
    call: (params, caller) => method.call({ ...params, ...fixed }, caller),
    ...(watch && { watch: (own: Watch) => watch({ ...own, params: { ...own.params, ...fixed } }) }),
  }
}
