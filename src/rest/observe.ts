import type { Request, Response } from 'express'

/** Called once an answer is sent; a path outside the known ones is `other`, so that strangers cannot make up names. */
export type OnAnswer = (verb: string, path: string, status: number, seconds: number) => void

export function observe(request: Request, response: Response, onAnswer: OnAnswer): void {
  const start = performance.now()
  response.once('finish', () => {
    const { path } = response.locals as { path?: string }
    onAnswer(request.method, path ?? 'other', response.statusCode, (performance.now() - start) / 1000)
  })
}

/** Says which of the known paths this answer belongs to. */
export function namePath(response: Response, path: string): void {
  ;(response.locals as { path?: string }).path = path
}
