#!/usr/bin/env node
import { runNode } from './app/run-node.js'
import { DNS_SERVER } from './app/settings/programs.js'

await runNode(DNS_SERVER, process.argv.slice(2))
