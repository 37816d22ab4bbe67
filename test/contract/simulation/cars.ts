import { drain, keysOf, Sandbox } from './sandbox.js'

const CARS = {
  car1: {
    make: 'Toyota',
    model: 'Prius',
    year: 2010,
    owner: { name: 'Tomoko', city: 'Oslo' },
    tags: ['eco', 'blue'],
  },
  car2: { make: 'Ford', model: 'Mustang', year: 1967, owner: { name: 'Brad' }, tags: [] },
  car3: { make: 'Ford', model: 'Focus', year: 2010, owner: { name: 'Jin Soo', city: null }, sold: false },
  car4: { make: 'Fiat', model: 'Punto', year: '2010', owner: null, parts: [{ n: 1 }, { n: 5, ok: true }] },
}

export function carPark(): Sandbox {
  const sandbox = new Sandbox()
  const json = Object.entries(CARS).map(([key, car]) => [key, JSON.stringify(car)])
  sandbox.fill({
    ...(Object.fromEntries(json) as object),
    list: '[1]',
    word: '"x"',
    number: '1',
    torn: '{"make":',
    empty: '{}',
  })
  return sandbox
}

export const park = carPark()

export function find(query: object, sandbox = park): readonly string[] {
  return sandbox.ask((state) =>
    keysOf(drain(state, state.getQueryResult(JSON.stringify(query), '', undefined))),
  )
}
