#!/usr/bin/env node
import { start, startContract } from './app/commands/contract/start.js'
import { runCommand } from './app/commands/run-command.js'

const NAME = 'fabric-chaincode-node-start'

/** The command that the script `start` of a package of contracts names. */
await runCommand(
  [{ ...start, name: 'start', run: (args) => startContract(args, NAME) }],
  ['start', ...process.argv.slice(2)],
  NAME,
)
