import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Request } from 'express'
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
export function checkOrigin(request: Request, rules: AccessRules): void {
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

/** Lets admin operations through from loopback, or with the token where one is set or the node listens beyond loopback. */
export function checkScope(request: Request, scope: Scope | undefined, rules: AccessRules): void {
  if (scope !== 'admin') return
  if (rules.adminToken === undefined && rules.isLoopbackBind && isLoopback(request.socket.remoteAddress))
    return
  if (rules.adminToken !== undefined && isSameSecret(bearerOf(request), rules.adminToken)) return
  const cure =
    rules.adminToken === undefined
      ? 'start the node with --admin-token'
      : 'send Authorization: Bearer <admin token>'
  throw new ApiError('UNAUTHORIZED', `this operation changes the node: ${cure}`)
}

function bearerOf(request: Request): string {
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
