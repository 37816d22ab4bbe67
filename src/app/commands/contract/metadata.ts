import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { runCommand } from '../run-command.js'
import { fabricUsage } from './usage.js'

const text = { type: 'string', requiresArg: true } as const

/** Writes down what the contracts of a package can be asked. */
const generate: Command = {
  name: 'generate',
  describe: 'write the metadata of a package of contracts',
  async run(args) {
    const parser = commandLine('terrarium contract metadata generate', '[options]', generate.describe)
      .option('file', { ...text, alias: 'f', describe: 'file to write; .json is added [standard output]' })
      .option('module-path', { ...text, alias: 'p', describe: 'folder of the package [this one]' })
    const { file, 'module-path': folder } = await fabricUsage(parse(parser, args))
    const { loadRouter } = await import('./load-router.js')
    const { metadata } = await loadRouter(folder ?? process.cwd())
    const json = JSON.stringify(metadata, null, 4)
    if (file === undefined) process.stdout.write(`${json}\n`)
    else await writeFile(extname(file) === '' ? `${file}.json` : file, json)
  },
}

export const metadata: Command = {
  name: 'metadata',
  describe: 'see what the contracts of a package can be asked',
  run: (args) =>
    runCommand([generate], args, 'terrarium contract metadata', 'The metadata of a package of contracts.'),
}
