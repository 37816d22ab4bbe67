import { inputOfChild, serveParent } from './child.js'

/** A client as the TypeScript template makes it, built already: `main` is the URL of its program. */
const { main, config, environment } = inputOfChild() as {
  readonly main: string
  readonly config: string
  readonly environment: Readonly<Record<string, string>>
}
Object.assign(process.env, environment)
process.argv.splice(2, 1, '--config', config)
serveParent('', () => Promise.resolve(void process.kill(process.pid, 'SIGTERM')))
await import(main)
