#!/usr/bin/env node
import { runNode } from './app/run-node.js'
import { CLIENT } from './app/settings/programs.js'

await runNode(CLIENT, process.argv.slice(2))
