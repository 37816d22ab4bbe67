import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseJson } from '../base/json.js'
import { DataFolder } from '../store/data-folder.js'
import { Door, PortError } from './listen.js'
import { decodeNodeState, NODE_STATE_FILE, type NodeState } from './node-state.js'
import { DEFAULTS } from './settings/defaults.js'
import type { NodeSettings } from './settings/node-settings.js'

/** A port and a data folder that this process holds. */
export interface Place {
  readonly door: Door
  readonly folder: DataFolder
  readonly portWasChosen: boolean
}

const RANDOM_TRIES = 50

/**
 * Takes the port first and the folder second, so that a refusal leaves nothing behind. Without a port the node takes
 * the one it had: from the folder it is given, or from a folder of an earlier run that no process holds.
 */
export async function takePlace(settings: NodeSettings, random: () => number): Promise<Place> {
  const { ip, port, dir } = settings
  if (port !== undefined) return settle(await Door.take(ip, port), dir ?? folderFor(ip, port), false)
  const remembered = dir === undefined ? undefined : await rememberedPort(dir)
  if (remembered !== undefined) return settle(await Door.take(ip, remembered), dir ?? '', true)
  const earlier = dir === undefined ? await earlierPlace(ip) : undefined
  if (earlier) return earlier
  const door = await freeDoor(ip, random)
  return settle(door, dir ?? folderFor(ip, door.port), true)
}

async function settle(door: Door, path: string, portWasChosen: boolean): Promise<Place> {
  const named = path.replaceAll('{port}', String(door.port))
  try {
    return { door, folder: await DataFolder.open(named), portWasChosen }
  } catch (error) {
    await door.close()
    throw error
  }
}

/** The folder of a node that names none. Port 0 is known only once it is taken. */
function folderFor(ip: string, port: number): string {
  const name = DEFAULTS.node.default_directory.replaceAll('{ip}', ip.replaceAll(':', '-'))
  return port === 0 ? name : name.replaceAll('{port}', String(port))
}

async function rememberedPort(dir: string): Promise<number | undefined> {
  const state = await stateIn(dir)
  return state?.port_was_chosen ? state.port : undefined
}

/** The first folder of an earlier run on this address whose port was chosen, and which is free now. */
async function earlierPlace(ip: string): Promise<Place | undefined> {
  const parent = dirname(folderFor(ip, 0))
  const names = await readdir(parent).catch(() => [])
  for (const name of names.sort()) {
    const dir = join(parent, name)
    const state = await stateIn(dir)
    if (!state?.port_was_chosen || state.ip_address !== ip) continue
    const place = await tryPlace(ip, state.port, dir)
    if (place) return place
  }
  return undefined
}

async function tryPlace(ip: string, port: number, dir: string): Promise<Place | undefined> {
  try {
    return await settle(await Door.take(ip, port), dir, true)
  } catch {
    return undefined
  }
}

async function freeDoor(ip: string, random: () => number): Promise<Door> {
  const { port_min: min, port_max: max } = DEFAULTS.node
  for (let tries = 1; ; tries++) {
    try {
      return await Door.take(ip, min + Math.floor(random() * (max - min)))
    } catch (error) {
      if (!(error instanceof PortError) || tries >= RANDOM_TRIES) throw error
    }
  }
}

/** Read before the folder is locked, so a torn file is left for the owner to find. */
async function stateIn(dir: string): Promise<NodeState | undefined> {
  try {
    return decodeNodeState(parseJson(await readFile(join(dir, NODE_STATE_FILE), 'utf8')))
  } catch {
    return undefined
  }
}
