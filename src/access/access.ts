import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { ApiError } from '../api/errors.js'
import type { Scope } from '../api/method.js'
import { canonicalIp, ipRange } from '../base/ip.js'

export interface AccessRules {
  /** Whether this node listens on loopback only. */
  readonly isLoopbackBind: boolean
  readonly adminToken: string | undefined
  /** Host names, in lower case, allowed in Host and Origin at any port, beyond literal addresses and localhost. */
  readonly allowedHosts: readonly string[]
}

/**
 * Keeps web pages of other sites out. A page can make a browser send requests here, and with a name that it points at
 * this machine (DNS rebinding) even read the answers; so the Host must be an address or a name the operator allows,
 * and the Origin, where a browser sends one, must be this very node or one the operator allows.
 */
export function checkOrigin(request: IncomingMessage, rules: AccessRules): void {
  const host = request.headers.host ?? ''
  if (!isAllowedHost(host, rules)) {
    throw new ApiError(
      'FORBIDDEN_ORIGIN',
      `this node does not answer as ${JSON.stringify(host)}; --allow-host adds a name`,
    )
  }
  const { origin } = request.headers
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return
  const originHost = /^https?:\/\/([^:]+)(:\d+)?$/.exec(origin)?.[1]
  if (originHost !== undefined && rules.allowedHosts.includes(originHost)) return
  throw new ApiError(
    'FORBIDDEN_ORIGIN',
    `pages of ${origin} may not use this node; --allow-host adds an origin`,
  )
}

function isAllowedHost(host: string, { allowedHosts }: AccessRules): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || allowedHosts.includes(name)) return true
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0
}

/** Whether the caller may change the node: from loopback, or with the token where one is set or the node listens beyond loopback. */
export function isTrusted(request: IncomingMessage, rules: AccessRules): boolean {
  if (rules.adminToken !== undefined) return isSameSecret(bearerOf(request), rules.adminToken)
  return rules.isLoopbackBind && isLoopback(request.socket.remoteAddress)
}

/** Lets admin operations through for those who are trusted. */
export function checkScope(request: IncomingMessage, scope: Scope | undefined, rules: AccessRules): void {
  if (scope === 'admin' && !isTrusted(request, rules)) throw unauthorized(rules)
}

/** Tells how to become trusted. */
export function unauthorized(rules: Pick<AccessRules, 'adminToken'>): ApiError {
  const cure =
    rules.adminToken === undefined
      ? 'start the node with --admin-token'
      : 'send Authorization: Bearer <admin token>'
  return new ApiError('UNAUTHORIZED', `this operation changes the node: ${cure}`)
}

function bearerOf(request: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function isLoopback(address: string | undefined): boolean {
  const ip = canonicalIp(address ?? '')
  return ip !== undefined && ipRange(ip) === 'loopback'
}
