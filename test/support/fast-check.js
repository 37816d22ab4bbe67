// Property tests try the same cases in every run, so that a change is judged by what it changes; FC_SEED=random looks for
// new ones, as `npm run fuzz` always does. Jest gives this to tests that import fast-check.
import fc from '../../node_modules/fast-check/lib/fast-check.js'

const seed = process.env.FC_SEED ?? '20261121'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

export * from '../../node_modules/fast-check/lib/fast-check.js'
export default fc
