import { chmod, cp, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { makeFolder } from '../../../store/folder.js'
import { PACKAGE_ROOT } from '../../package-info.js'
import { SettingsError } from '../../settings/errors.js'
import { oneOf } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { flagOf, givenTo, isSet, print, textOf } from './node-client.js'
import { LANGUAGES, newRemote, requireEmpty } from './new-remote.js'

const TEMPLATE = join(PACKAGE_ROOT, 'templates', 'typescript-contract')

/** What the template is called, wherever that stands in it. */
const TEMPLATE_NAME = 'my-contract'

/** Both a name of a contract and of a package. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** Makes the folder of a new contract. */
export const createContract: Command = {
  name: 'new',
  describe: 'make a new contract, with tests',
  async run(args) {
    const given = await givenTo(
      {
        name: 'new',
        words: '<contract>',
        describe:
          'Makes a folder with a contract in TypeScript and its tests, ready to run: nothing has to be downloaded. With --template it is a remote contract: it is registered with a node, and config.yaml is filled in.',
        flags: {
          out: 'the folder [./NAME]',
          template: `make a remote contract instead, that a node calls from afar, in ${LANGUAGES.join(', ')}`,
        },
        signs: {
          'no-register': 'with --template: ask no node; config.yaml is to be filled in by hand',
        },
        examples: [
          ['$0 hello', 'a contract called hello in ./hello'],
          ['$0 greeting --template python', 'a remote contract, registered with the node on this machine'],
          ['$0 greeting --template go --node http://127.0.0.1:55001', 'with another node'],
        ],
      },
      args,
    )
    const name = textOf(given, 'contract') ?? ''
    const language = flagOf(given, 'template', oneOf(...LANGUAGES))
    if (language !== undefined) {
      await newRemote({ name, language, folder: textOf(given, 'out') ?? name }, given)
      return
    }
    if (isSet(given, 'no-register')) throw new SettingsError('--no-register goes with --template')
    if (!NAME.test(name))
      throw new SettingsError(
        `a contract has a name of lower-case letters, digits, - and _, not ${JSON.stringify(name)}`,
      )
    const folder = textOf(given, 'out') ?? name
    await copyTemplate(resolve(folder), name)
    const isComplete = await linkPackages(resolve(folder))
    print(`made ${folder}: the contract is src/asset-contract.ts`)
    print(`next:  cd ${folder}${isComplete ? '' : ' && npm install'}`)
    print('       npm test')
    print('       npx terrarium contract dev .')
  },
}

async function copyTemplate(folder: string, name: string): Promise<void> {
  await requireEmpty(folder)
  await makeFolder(folder)
  await cp(TEMPLATE, folder, { recursive: true })
  // Packages cannot hold a file of that name.
  await rename(join(folder, 'gitignore'), join(folder, '.gitignore'))
  for (const file of ['package.json', 'README.md']) {
    const path = join(folder, file)
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(TEMPLATE_NAME, name))
  }
}

/** Packages that the contract needs, and the programs of theirs that its scripts run. */
const PACKAGES = { terrarium: 'dist/terrarium.js', typescript: 'bin/tsc', '@types/node': undefined } as const
const PROGRAMS = { terrarium: 'terrarium', typescript: 'tsc' } as const

/** Links the packages that stand beside this one, so that no registry is asked; whether they were all there. */
async function linkPackages(folder: string): Promise<boolean> {
  let isComplete = true
  for (const [name, program] of Object.entries(PACKAGES)) {
    const found = name === 'terrarium' ? PACKAGE_ROOT : folderOf(name)
    if (found === undefined) {
      isComplete = false
      continue
    }
    const link = join(folder, 'node_modules', name)
    await makeFolder(dirname(link))
    await symlink(found, link, 'junction')
    if (program !== undefined)
      await makeProgram(folder, PROGRAMS[name as keyof typeof PROGRAMS], `${name}/${program}`)
  }
  return isComplete
}

function folderOf(name: string): string | undefined {
  try {
    return dirname(createRequire(join(PACKAGE_ROOT, 'package.json')).resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}

/** What npm makes of a package's programs when it installs it. */
async function makeProgram(folder: string, name: string, script: string): Promise<void> {
  const bin = join(folder, 'node_modules', '.bin')
  await makeFolder(bin)
  await writeFile(join(bin, name), `#!/bin/sh\nexec node "$(dirname "$0")/../${script}" "$@"\n`)
  await chmod(join(bin, name), 0o755)
  await writeFile(join(bin, `${name}.cmd`), `@node "%~dp0\\..\\${script.replaceAll('/', '\\')}" %*\r\n`)
}
