import { afterEach, describe, expect, test } from '@jest/globals'
import type { ContractClass } from '../../../src/contract/api/contract-router.js'
import type { MetadataFile } from '../../../src/contract/api/metadata.js'
import { routeOf } from '../../../src/contract/api/routing.js'
import type { Serializer } from '../../../src/contract/index.js'
import { Context, Contract, Default, Param, Transaction } from '../../../src/contract/index.js'
import { fixtureContracts } from '../support/fixture.js'
import { forgetDecorated, realApi } from '../support/real-fabric.js'
import { answerOf, routerOf, testStub } from '../support/test-stub.js'

afterEach(forgetDecorated)

/** Applies decorators as a compiler does. */
function decorate(
  type: { readonly prototype: object },
  method: string,
  ...decorators: readonly ((prototype: object, method: string) => void)[]
): void {
  for (const decorator of [...decorators].reverse()) decorator(type.prototype, method)
}

class Greeting extends Contract {
  greet(_ctx: Context, name: string): string {
    return `hello ${name}`
  }
}

class Asking extends Contract {
  constructor() {
    super('asking')
  }

  ask(_ctx: Context, ...values: unknown[]): unknown {
    return values.map((value) =>
      value instanceof Map ? ['map', [...(value as Map<string, unknown>)]] : value,
    )
  }
}

const asking = (parameters: readonly unknown[]): MetadataFile =>
  ({
    contracts: { asking: { name: 'asking', transactions: [{ name: 'ask', parameters }] } },
  }) as unknown as MetadataFile

describe('what always fails in Fabric works', () => {
  test('a parameter of the type Map<string, T> is a Map, and its values are judged', async () => {
    class Maps extends Contract {
      total(_ctx: Context, counts: Map<string, number>): number {
        return [...counts.values()].reduce((sum, count) => sum + count, 0)
      }
    }
    decorate(Maps, 'total', Transaction(), Param('counts', 'Map<string, number>'))
    const router = routerOf([Maps])
    expect(await answerOf(router, 'total', '{"a":1,"b":2}')).toBe('3')
    expect(await answerOf(router, 'total', '{"a":"one"}')).toBe(
      '500 Unable to validate parameter due to ["should be number"]',
    )
    expect(await answerOf(router, 'total', '[]')).toBe(
      '500 Unable to validate parameter due to ["should be object"]',
    )
  })

  test('a parameter whose schema describes an object in place is that object', async () => {
    const schema = { type: 'object', properties: { size: { type: 'number' } }, required: ['size'] }
    const router = routerOf([Asking], { metadata: asking([{ name: 'value', schema }]) })
    expect(await answerOf(router, 'ask', '{"size":5,"more":[1]}')).toBe('[{"size":5,"more":[1]}]')
    expect(await answerOf(router, 'ask', '{}')).toBe(
      '500 Unable to validate parameter due to ["should have required property \'size\'"]',
    )
    expect(await answerOf(router, 'ask', 'no json')).toMatch(/^500 Unexpected token/)
  })

  test('parameters that are declared so may be left out at the end', async () => {
    class Optional extends Contract {
      join(_ctx: Context, first: string, second = 'default'): string {
        return `${first} ${second}`
      }
    }
    decorate(
      Optional,
      'join',
      Transaction(),
      Param('first', 'string'),
      Param('second', 'string', 'may be missing', { required: false }),
    )
    const router = routerOf([Optional])
    expect(await answerOf(router, 'join', 'a', 'b')).toBe('a b')
    expect(await answerOf(router, 'join', 'a')).toBe('a default')
    expect(await answerOf(router, 'join')).toBe('500 Expected 2 parameters, but 0 have been supplied')
    expect(await answerOf(router, 'join', 'a', 'b', 'c')).toBe(
      '500 Expected 2 parameters, but 3 have been supplied',
    )
  })

  test('a context that is declared by its base class is no parameter', async () => {
    class Own extends Context {}
    class Based extends Contract {
      override createContext(): Context {
        return new Own()
      }

      say(ctx: Context, word: string): string {
        return `${ctx.constructor.name} ${word}`
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Context, String], Based.prototype, 'say')
    decorate(Based, 'say', Transaction())
    expect(await answerOf(routerOf([Based]), 'say', 'hello')).toBe('Own hello')
  })

  test('a context whose type the compiler forgot is no parameter', async () => {
    class Forgetful extends Contract {
      say(_ctx: unknown, word: string): string {
        return word
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Object, String], Forgetful.prototype, 'say')
    decorate(Forgetful, 'say', Transaction())
    expect(await answerOf(routerOf([Forgetful]), 'say', 'hello')).toBe('hello')
    Reflect.defineMetadata('design:paramtypes', [Context, Object], Forgetful.prototype, 'say')
    expect(() => decorate(Forgetful, 'say', Transaction())).toThrow(
      'Type not properly specified for parameter word, can not process pure Object types',
    )
  })

  test('a contract that throws undefined completes its transaction', async () => {
    class Throwing extends Contract {
      fail(): never {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw undefined
      }
    }
    expect(await answerOf(routerOf([Throwing]), 'fail')).toBe('500 the contract threw undefined')
  })

  test('a child class lists the functions of its parent, and the parent not those of the child', () => {
    class Parent extends Contract {
      one(): string {
        return 'one'
      }
    }
    class Child extends Parent {
      two(): string {
        return 'two'
      }
    }
    decorate(Parent, 'one', Transaction())
    decorate(Child, 'two', Transaction())
    const { contracts } = routerOf([Parent, Child]).metadata
    const names = (contract: string): string[] =>
      contracts[contract]?.transactions.map(({ name }) => name) ?? []
    expect([names('Parent'), names('Child')]).toEqual([['one'], ['one', 'two']])
  })
})

describe('contracts are loaded', () => {
  test('not where two have the same name', () => {
    class Greeting2 extends Contract {
      constructor() {
        super('Greeting')
      }
    }
    expect(() => routerOf([Greeting, Greeting2])).toThrow(
      'two contracts have the name "Greeting": give each its own, as super(\'name\')',
    )
  })

  test('not where they are none', () => {
    expect(() => routerOf([Object as unknown as ContractClass])).toThrow('invalid contract instance {}')
  })

  test('not where two are the default', () => {
    Default()(Greeting)
    expect(() => Default()(Asking)).toThrow('A default has already been specified')
  })

  test('and the first is the default where the declared one is not there', async () => {
    Default()(Asking)
    expect(await answerOf(routerOf([Greeting]), 'greet', 'you')).toBe('hello you')
  })

  test("on Fabric's own API package as on ours", async () => {
    const router = routerOf([...fixtureContracts('values', realApi), ...fixtureContracts('ledger', realApi)])
    expect(await answerOf(router, 'two', 'a', '5')).toBe('a:5')
    expect(await answerOf(router, 'Plain:hello', 'you')).toBe('around hello(you): hello you')
    expect(await answerOf(router, 'asset', '{"id":"x"}')).toContain('"isAsset":true')
    expect(await answerOf(router, 'missing')).toBe(
      "500 You've asked to invoke a function that does not exist: missing",
    )
  })
})

describe('hooks', () => {
  test('unkownTransition is unknownTransaction under another name, and no function to call', async () => {
    class Curious extends Contract {
      override unkownTransition(ctx: Context): Promise<unknown> {
        return Promise.reject(new Error(`what is ${ctx.stub.getArgs().join()}?`))
      }
    }
    expect(await answerOf(routerOf([Curious]), 'this', 'and that')).toBe('500 what is this,and that?')
    expect(await answerOf(routerOf([Curious]), 'unkownTransition')).toBe('500 what is unkownTransition?')
  })

  test('nothing after a throw runs', async () => {
    const ran: string[] = []
    class Hooked extends Contract {
      override async beforeTransaction(ctx: Context): Promise<void> {
        ran.push('before')
        await Promise.resolve()
        if (ctx.stub.getArgs().includes('before')) throw new Error('in before')
      }

      override async aroundTransaction(ctx: Context, fn: string, args: readonly unknown[]): Promise<unknown> {
        ran.push('around')
        return await super.aroundTransaction(ctx, fn, args)
      }

      override async afterTransaction(ctx: Context, result: unknown): Promise<void> {
        ran.push(`after ${String(result)}`)
        await Promise.resolve()
        if (ctx.stub.getArgs().includes('after')) throw new Error('in after')
      }

      run(_ctx: Context, where: string): string {
        ran.push('function')
        if (where === 'function') throw new Error('in function')
        return 'done'
      }
    }
    const router = routerOf([Hooked])
    const trace = async (where: string, ...more: string[]): Promise<string> => {
      ran.length = 0
      const answer = await answerOf(router, 'run', where, ...more)
      return `${ran.join()} -> ${answer}`
    }
    expect(await trace('nowhere')).toBe('before,around,function,after done -> done')
    expect(await trace('before')).toBe('before -> 500 in before')
    expect(await trace('function')).toBe('before,around,function -> 500 in function')
    expect(await trace('after')).toBe('before,around,function,after done -> 500 in after')
    expect(await trace('too', 'many')).toBe(' -> 500 Expected 1 parameters, but 2 have been supplied')
  })

  test('a contract writes its log under its own name, at the level it sets', async () => {
    const names: unknown[] = []
    class Logging extends Contract {
      run({ logging }: Context): string {
        logging.setLevel('ERROR')
        names.push(logging.getLogger().level, logging.getLogger('part') === logging.getLogger('part'))
        return 'done'
      }
    }
    expect(await answerOf(routerOf([Logging]), 'run')).toBe('done')
    expect(names).toEqual(['error', true])
    process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL'
  })
})

describe('a metadata file', () => {
  const info = { title: 'given', version: '9' }

  test('has precedence section by section, and what it leaves out is generated', () => {
    const only = routerOf([Greeting], { metadata: { info }, title: 'package', version: '1' }).metadata
    expect(only.info).toEqual(info)
    expect(Object.keys(only.contracts)).toEqual(['Greeting', 'org.hyperledger.fabric'])
    expect(only.components).toEqual({ schemas: {} })
    const rest = routerOf([Asking], { metadata: asking([]), title: 'package', version: '1' }).metadata
    expect(rest.info).toEqual({ title: 'package', version: '1' })
  })

  test('decides what there is to call', async () => {
    const transactions = [
      { name: 'greet', parameters: [{ name: 'n', description: '', schema: { type: 'number' } }] },
    ]
    const contracts = { Greeting: { name: 'Greeting', transactions } }
    const router = routerOf([Greeting, Asking], { metadata: { contracts } })
    expect(await answerOf(router, 'greet', 'x')).toBe('500 fromBuffer could not convert data to number')
    expect(await answerOf(router, 'asking:ask', 'x')).toBe('["x"]')
    expect(Object.keys(router.metadata.contracts)).toEqual(['Greeting', 'asking', 'org.hyperledger.fabric'])
  })

  test('with no contracts in that section has them all generated', async () => {
    const router = routerOf([Greeting], { metadata: { contracts: {} } })
    expect(await answerOf(router, 'greet', 'you')).toBe('hello you')
  })

  test('has its types of results checked', async () => {
    const transactions = [{ name: 'greet', returns: { name: 'result', schema: { type: 'number' } } }]
    const router = routerOf([Greeting], {
      metadata: { contracts: { Greeting: { name: 'Greeting', transactions } } },
    })
    expect(await answerOf(router, 'greet', 'you')).toBe(
      '500 Returned value is string does not match schema type of number',
    )
  })

  test('may hold a parameter of no type, which fails calls alone', async () => {
    const router = routerOf([Asking], { metadata: asking([{ name: 'value', schema: { title: 'x' } }]) })
    expect(await answerOf(router, 'ask', 'x')).toBe('500 Incorrect type information {"title":"x"}')
  })

  test.each([
    [{ type: 'string', maxLength: 2 }, 'abc', 'should NOT be longer than 2 characters'],
    [{ type: 'string', minLength: 2 }, 'a', 'should NOT be shorter than 2 characters'],
    [{ type: 'string', pattern: '^a' }, 'b', 'should match pattern "^a"'],
    [{ type: 'number', minimum: 5 }, '4', 'should be >= 5'],
    [{ type: 'number', enum: [1, 2] }, '4', 'should be equal to one of the allowed values'],
    [{ type: 'array', items: { type: 'number' }, minItems: 2 }, '[1]', 'should NOT have fewer than 2 items'],
  ])('limits a parameter by %j', async (schema, value, cause) => {
    const router = routerOf([Asking], { metadata: asking([{ name: 'value', schema }]) })
    expect(await answerOf(router, 'ask', value)).toBe(
      `500 Unable to validate parameter due to ${JSON.stringify([cause])}`,
    )
  })
})

test('a serializer of the author translates arguments and results', async () => {
  class Shouting implements Serializer {
    toBuffer(result: unknown): Uint8Array {
      return Buffer.from(String(result).toUpperCase())
    }

    fromBuffer(data: Uint8Array): { value: unknown; validateData: unknown } {
      const text = Buffer.from(data).toString()
      return { value: `<${text}>`, validateData: text }
    }
  }
  const router = routerOf([Greeting], { serializer: Shouting })
  expect(await answerOf(router, 'greet', 'you')).toBe('HELLO <YOU>')
})

test.each([
  ['f', undefined, 'f'],
  ['c:f', 'c', 'f'],
  ['a:b:c', 'a', 'b:c'],
  [':f', undefined, 'f'],
  ['  :f', undefined, 'f'],
  [' c :f', ' c ', 'f'],
  ['c:', 'c', ''],
  ['', undefined, ''],
])('%j means contract %j, function %j', (text, contract, name) => {
  expect(routeOf(text)).toEqual({ contract, function: name })
})

test('Init does what Invoke does', async () => {
  const { payload } = await routerOf([Greeting]).Init(testStub(['greet', 'you']))
  expect(Buffer.from(payload ?? []).toString()).toBe('hello you')
})
