import { SettingsError } from '../../settings/errors.js'

/** Wrong usage as an ordinary failure: what starts contracts of Fabric ends with status 1 for that, too. */
export async function fabricUsage<T>(parsed: Promise<T>): Promise<T> {
  try {
    return await parsed
  } catch (error) {
    if (error instanceof SettingsError) throw new Error(error.message, { cause: error })
    throw error
  }
}
