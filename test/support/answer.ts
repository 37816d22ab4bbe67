import type supertest from 'supertest'

/** What came back; the body is anything. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly text: string | undefined
}

export async function answerOf(request: supertest.Test): Promise<Answer> {
  return await request
}
