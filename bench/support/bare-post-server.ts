import express from 'express'
import { inputOfChild } from './child.js'
import { serve } from './listening.js'

/** Express as it comes: reads a JSON body and answers a value. */
const { path, answer } = inputOfChild() as { path: string; answer: unknown }
const app = express()
app.post(path, express.json(), (_request, response) => {
  response.json(answer)
})
await serve(app)
