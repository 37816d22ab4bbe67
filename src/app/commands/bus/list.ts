import { isObject, type JsonObject, readText } from '../../../bus/wire/read-scalar.js'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { withNode, withNodeOptions } from './node-options.js'

/** Prints every method that this caller may use, a line each. */
export const list: Command = {
  name: 'list',
  describe: 'list the methods there are',
  async run(args) {
    const parser = withNodeOptions(
      commandLine('terrarium bus list', '[options]', 'Lists the methods of a node and its modules.'),
    )
    await withNode(await parse(parser, args), async (link, timeoutMs) => {
      const { ListAPI: methods } = await link.request([{ method: 'ListAPI', params: {} }], { timeoutMs })
      const rows = Object.entries(isObject(methods) ? methods : {}).map(([name, record]) => {
        const text = (key: string): string => (isObject(record) ? (readText(record[key]) ?? '') : '')
        return [name, text('MethodScope'), parameterNames(record), text('MethodDescription')]
      })
      const width = (column: number): number => Math.max(0, ...rows.map((row) => (row[column] ?? '').length))
      const widths = [0, 1, 2].map(width)
      for (const row of rows.sort()) {
        process.stdout.write(
          `${row
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
        )
      }
    })
  },
}

function parameterNames(record: unknown): string {
  const parameters = isObject(record) ? record['Parameters'] : undefined
  if (!Array.isArray(parameters)) return ''
  return (parameters as JsonObject[]).map((parameter) => readText(parameter['ParameterName']) ?? '').join(' ')
}
