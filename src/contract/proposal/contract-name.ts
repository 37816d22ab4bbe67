const CONTRACT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** Whether a contract could be deployed under this name. */
export function isContractName(name: string): boolean {
  return CONTRACT_NAME.test(name)
}
