import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Looks after remote contracts. */
export const remote: Command = {
  name: 'remote',
  describe: 'look after contracts that run elsewhere: backlog, logs, dead letters, keys',
  async run(args) {
    const { remoteCommands } = await import('./remote/commands.js')
    await runCommand(
      remoteCommands,
      args,
      'terrarium remote',
      'Remote contracts: programs in TypeScript, Python, Go or bash that connect to a node and are given its records of one type. New here: "terrarium contract new greeting --template python".',
    )
  },
}
