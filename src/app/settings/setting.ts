import { canonicalIp, parseSubnet } from '../../base/ip.js'
import { isAddress } from '../../ledger/address.js'
import { checkTemplate } from '../../store/block-name.js'

export type Program = 'client' | 'dns'

/** A setting that a flag, an environment variable or a config file may give. The text is checked by `read`. */
export interface Setting<T> {
  /** Long flag without dashes, such as `upd_int`. */
  readonly flag: string
  readonly short?: string
  readonly describe: string
  /** Programs that know it. */
  readonly programs: readonly Program[]
  /** Heading in the help text. */
  readonly group: string
  /** Turns text into the value; throws an Error whose message completes "--flag …". */
  readonly read: (text: string) => T
}

export const setting = <T>(definition: Setting<T>): Setting<T> => definition

/** Name of the environment variable: `TERRARIUM_UPD_INT`. */
export function environmentName({ flag }: Pick<Setting<unknown>, 'flag'>): string {
  return `TERRARIUM_${flag.toUpperCase().replaceAll('-', '_')}`
}

/** Name in a config file: `upd_int`, `admin_token`. */
export function configKey({ flag }: Pick<Setting<unknown>, 'flag'>): string {
  return flag.replaceAll('-', '_')
}

export function integerIn(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
    throw new Error(`takes a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`)
  }
}

export function secondsIn(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value * 1000
    throw new Error(`takes a number of seconds from ${min} to ${max}, not ${JSON.stringify(text)}`)
  }
}

export function oneOf<const T extends readonly string[]>(...choices: T) {
  return (text: string): T[number] => {
    if (choices.includes(text)) return text
    throw new Error(`takes ${choices.join(', ')}, not ${JSON.stringify(text)}`)
  }
}

export function ipAddress(text: string): string {
  const ip = canonicalIp(text)
  if (ip === undefined)
    throw new Error(`takes a literal address such as 127.0.0.1 or ::1, not ${JSON.stringify(text)}`)
  return ip
}

/** `ip:port`, an IPv6 address in brackets. */
export function ipAndPort(text: string): { ip_address: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const ip = canonicalIp(match?.[1] ?? match?.[2] ?? '')
  const port = Number(match?.[3])
  if (ip === undefined || port < 1 || port > 65535) {
    throw new Error(`takes ip:port such as 192.168.1.5:55000 or [::1]:55000, not ${JSON.stringify(text)}`)
  }
  return { ip_address: ip, port }
}

/** A host of the operator's own choice: names are allowed here, and only here. */
export function hostName(text: string): string {
  const ip = canonicalIp(text)
  if (ip !== undefined) return ip
  if (
    /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/.test(
      text,
    ) &&
    !/^[\d.]+$/.test(text)
  ) {
    return text.toLowerCase()
  }
  throw new Error(`takes an address or a host name, not ${JSON.stringify(text)}`)
}

/** The name of a file or folder inside the data folder. */
export function fileName(text: string): string {
  if (/^[^/\\\0]{1,200}$/.test(text) && text !== '.' && text !== '..') return text
  throw new Error(`takes a plain name without slashes, not ${JSON.stringify(text)}`)
}

/** Where coins can be sent to. */
export function coinAddress(text: string): string {
  if (isAddress(text)) return text
  throw new Error(`takes 0x and 40 hex digits in lower case, not ${JSON.stringify(text)}`)
}

/** What the names of block files start with. */
export function blockTemplate(text: string): string {
  const name = fileName(text)
  checkTemplate(name)
  return name
}

export function path(text: string): string {
  if (text !== '' && !text.includes('\0')) return text
  throw new Error('takes the path of a folder')
}

/** Items separated by commas. */
export function listOf<T>(read: (text: string) => T) {
  return (text: string): T[] => text.split(',').map((item) => read(item.trim()))
}

export function subnet(text: string) {
  const result = parseSubnet(text)
  if (!result) throw new Error(`takes networks such as 10.0.0.0/8, not ${JSON.stringify(text)}`)
  return result
}

export function secret(text: string): string {
  if (/^[\x21-\x7e]{8,}$/.test(text)) return text
  throw new Error('takes at least 8 printable characters without spaces')
}

/** What clients of Fabric call a chain. */
export function channelName(text: string): string {
  if (/^[a-z][a-z0-9.-]{0,248}$/.test(text)) return text
  throw new Error(`takes lower-case letters, digits, dots and dashes, not ${JSON.stringify(text)}`)
}

/** The id of an organisation, such as `Org1MSP`. */
export function mspId(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text)) return text
  throw new Error(`takes names such as Org1MSP, not ${JSON.stringify(text)}`)
}
