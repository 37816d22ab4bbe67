/** A flag, variable or config file is wrong: one line for the person who gave it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** The text of --help or --version, asked for instead of a run. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked'
}
