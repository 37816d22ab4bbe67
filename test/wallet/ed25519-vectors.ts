import { readVectors } from './read-vectors.js'

interface Ed25519Vectors {
  accepted: { secret: string; public_key: string; message: string; signature: string }[]
  refused_public_keys: { order: number | null; public_key: string }[]
  forgery: { public_key: string; signature: string }
}

export const ed25519Vectors = readVectors('ed25519.json') as Ed25519Vectors
