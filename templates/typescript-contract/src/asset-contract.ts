import { Context, Contract, Info, Returns, Transaction } from 'terrarium/contract'

/** Who owns what. Each function is one call: what it writes comes on the chain as a whole, or not at all. */
@Info({ title: 'Assets', description: 'Who owns what' })
export class AssetContract extends Contract {
  @Transaction()
  async create(ctx: Context, id: string, owner: string): Promise<void> {
    if (await this.exists(ctx, id)) throw new Error(`asset ${id} exists already`)
    await ctx.stub.putState(id, Buffer.from(JSON.stringify({ id, owner })))
    ctx.stub.setEvent('created', Buffer.from(id))
  }

  @Transaction()
  async transfer(ctx: Context, id: string, newOwner: string): Promise<void> {
    const asset = JSON.parse(await this.read(ctx, id)) as { id: string; owner: string }
    asset.owner = newOwner
    await ctx.stub.putState(id, Buffer.from(JSON.stringify(asset)))
  }

  /** `false`: for its answer alone, nothing is written. */
  @Transaction(false)
  @Returns('string')
  async read(ctx: Context, id: string): Promise<string> {
    const value = await ctx.stub.getState(id)
    if (value.length === 0) throw new Error(`there is no asset ${id}`)
    return Buffer.from(value).toString()
  }

  @Transaction(false)
  @Returns('boolean')
  async exists(ctx: Context, id: string): Promise<boolean> {
    return (await ctx.stub.getState(id)).length > 0
  }
}
