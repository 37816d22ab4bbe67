import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './cleanup.js'

/** A config file of this content, or of this text; its path. */
export async function configFile(content: object | string): Promise<string> {
  const path = join(await temporaryFolder(), 'config.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
