#!/usr/bin/env node
import { runCommand } from './app/commands/run-command.js'
import { COMMANDS } from './app/commands/table.js'

await runCommand(COMMANDS, process.argv.slice(2))
