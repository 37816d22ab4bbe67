declare module 'fs-native-extensions' {
  /** Takes the lock on a range of bytes, or answers false when another open file holds it. */
  export function tryLock(fd: number, offset: number, length: number): boolean
}
