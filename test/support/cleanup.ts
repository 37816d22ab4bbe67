import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'

type Step = () => unknown

const steps: Step[] = []

/** Runs `step` after the test, the latest first, however the test ended. */
export function afterThisTest(step: Step): void {
  steps.push(step)
}

afterEach(async () => {
  const faults: unknown[] = []
  for (const step of steps.splice(0).reverse()) {
    try {
      await step()
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'cleaning up failed')
})

/** An empty folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-test-'))
  afterThisTest(() => rm(folder, { recursive: true, force: true }))
  return folder
}
