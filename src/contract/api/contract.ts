import { Context } from './context.js'

type TransactionFunction = (ctx: Context, ...parameters: readonly unknown[]) => unknown

/**
 * What contracts extend. One instance serves all transactions, several at once: nothing of a transaction may be kept on it.
 * A throw anywhere fails the transaction, and nothing that would come after it runs.
 */
export class Contract {
  /** By this others know a contract, whichever copy of this class it extends. */
  readonly __isContract = true
  name: string

  /** Without a name it has that of its class; '' is a name, if no good one. */
  constructor(name?: string | null) {
    this.name = name === undefined || name === null ? this.constructor.name : name.trim()
  }

  static _isContract(value: unknown): boolean {
    return Boolean((value as { __isContract?: unknown } | null | undefined)?.__isContract)
  }

  /** Runs before the transaction function, whose arguments it does not get. */
  async beforeTransaction(_ctx: Context): Promise<void> {
    // For contracts to fill in.
  }

  /** Runs after the transaction function, with what that returned. */
  async afterTransaction(_ctx: Context, _result: unknown): Promise<void> {
    // For contracts to fill in.
  }

  /** Calls the transaction function. */
  async aroundTransaction(ctx: Context, fn: string, parameters: readonly unknown[]): Promise<unknown> {
    const called = (this as unknown as Partial<Record<string, TransactionFunction>>)[fn]
    if (typeof called !== 'function') throw new TypeError('this[fn] is not a function')
    return await called.call(this, ctx, ...parameters)
  }

  /** Runs instead of all others where there is no such function; returning normally is success with no result. */
  async unknownTransaction(ctx: Context): Promise<unknown> {
    return this.unkownTransition(ctx)
  }

  /** The name this hook has in Fabric's description of the programming model. */
  unkownTransition(ctx: Context): Promise<unknown> {
    const { fcn } = ctx.stub.getFunctionAndParameters()
    return Promise.reject(new Error(`You've asked to invoke a function that does not exist: ${fcn}`))
  }

  /** Contracts with a context of their own make it here. */
  createContext(): Context {
    return new Context()
  }

  getName(): string {
    return this.name
  }
}
