// A module of the bus. In a program of your own: import { Module } from 'terrarium/bus'
import { Module } from '../../src/bus/index.js'

/** Offers the weather to other modules of the manager (or node) at this address, such as ws://127.0.0.1:50000. */
export function weather(manager: string): Module & { setTemperature(degrees: number): void } {
  let temperature = 20
  const module = new Module({
    name: 'weather',
    manager,
    methods: {
      'weather.now': {
        description: 'The temperature of a city',
        parameters: { city: { pattern: '.+' } },
        minEvent: 1,
        run: ({ city }) => ({ city, temperature }),
      },
    },
  })
  return Object.assign(module, {
    setTemperature(degrees: number) {
      temperature = degrees
      module.changed('weather.now')
    },
  })
}

/** Follows the weather of a city and says when it is warm. */
export async function waitUntilWarm(manager: string, city: string): Promise<unknown> {
  const module = new Module({ name: 'warm', manager, dependencies: { Role_weather: '1.0' } })
  await module.start()
  for await (const { value } of module.subscribe('weather.now', { city })) {
    if ((value as { temperature: number }).temperature < 25) continue
    await module.stop()
    return value
  }
  return undefined
}
