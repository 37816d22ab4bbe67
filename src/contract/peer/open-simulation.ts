import type { PrivateValues } from '../private-values.js'
import type { MemberCollection } from '../simulation/collections.js'
import type { SimulationSettings } from '../simulation/settings.js'
import { Simulation } from '../simulation/simulation.js'
import type { Deployed, ExecutorPorts } from './executor-ports.js'

/** What has to be known of a contract to simulate its calls. */
export interface DeployedWithCollections extends Deployed {
  readonly collections: readonly MemberCollection[]
}

/** The executor's way to simulate calls, with the values of private collections that this node holds. */
export function openSimulation(
  privateValues: PrivateValues,
  settings: Partial<SimulationSettings> = {},
): ExecutorPorts<DeployedWithCollections>['simulate'] {
  return (call, snapshot, definition) =>
    new Simulation({
      call,
      snapshot,
      privateValues,
      definitions: { collections: (contract) => definition(contract)?.collections },
      settings,
    })
}
