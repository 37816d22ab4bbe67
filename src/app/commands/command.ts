/** One word after `terrarium`. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly describe: string
  /**
   * Runs until it is done; sets the exit status where it fails in a way of its own.
   * @throws {SettingsError} wrong usage. @throws {HelpAsked} the text to show. @throws {Error} one line for people
   */
  run(args: readonly string[]): Promise<void>
}
