import type { Command } from '../command.js'
export const block: Command = { name: 'block', describe: '', run: () => Promise.resolve() }
