/** The tests that come with each template, run where an author runs them. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, test } from '@jest/globals'
import { languages, reportAbsent } from './support/each-language.js'
import { plainFolder } from './support/languages.js'

const run = promisify(execFile)

describe('a template', () => {
  reportAbsent()

  test.each(languages())(
    'in $name passes its own tests',
    async (language) => {
      const [program, ...args] = language.test
      await run(program, args, { cwd: await plainFolder(language), maxBuffer: 1 << 26 })
    },
    300_000,
  )
})
