/** Whether `error` came from the operating system with one of these codes (such as `ENOENT`). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code !== undefined && codes.includes(code)
}
