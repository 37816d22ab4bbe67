import express from 'express'
import { inputOfChild } from './child.js'
import { serve } from './listening.js'

/** Express as it comes, with one route for each path, answering a value. */
const app = express()
for (const [path, value] of Object.entries(inputOfChild() as Record<string, unknown>)) {
  app.get(path, (_request, response) => {
    response.json(value)
  })
}
await serve(app)
