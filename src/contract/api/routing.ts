/** Which function of which contract a call means. */
export interface Route {
  /** Undefined: the default one. */
  readonly contract: string | undefined
  readonly function: string
}

/** Reads `contract:function`: what stands before the first colon names the contract, nothing or blanks the default one. */
export function routeOf(text: string): Route {
  // As in Fabric a function has no line break in its name: what comes after it is not read.
  const [, contract = '', name = ''] = /^([^:]*):(.*)/.exec(text) ?? [undefined, '', firstLine(text)]
  return { contract: contract.trim() === '' ? undefined : contract, function: name }
}

const firstLine = (text: string): string => /^.*/.exec(text)?.[0] ?? ''
