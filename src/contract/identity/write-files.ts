/** Puts files into a folder that exists, each whole or not at all, for none but those that `mode` names to read. */
export type WriteFiles = (folder: string, files: readonly PrivateFile[]) => Promise<void>

export interface PrivateFile {
  readonly name: string
  readonly data: string
  readonly mode: number
}
