/** Stands in the TypeScript template for the author's contract: reads the transaction, and has little to say. */
export function processTransaction(txJson: string): Promise<object> {
  const { header } = JSON.parse(txJson) as { readonly header: { readonly txn_id: string } }
  return Promise.resolve({
    data: { status: 'success', data: header.txn_id },
    output_to_chain: false,
    error: null,
  })
}
