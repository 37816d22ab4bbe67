/** Bytes as they stand in JSON: readable where they are UTF-8 text, hex digits otherwise. */
export type Binary = { readonly text: string } | { readonly hex: string }
