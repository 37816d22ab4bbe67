import type { Bench } from '../row.js'

/** Runs one file of bench/, named on the command line, and tells its rows to the parent. */
const { run } = (await import(`../${process.argv[2]}.js`)) as { run: Bench }
process.send?.(await run())
process.disconnect()
