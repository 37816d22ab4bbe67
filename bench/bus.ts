import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type WebSocket as Socket, WebSocket } from 'ws'
import { reaches, type Row, staysUnder } from './row.js'
import { median, percentile } from './support/measure.js'

const IN_FLIGHT = 64
const MEASURE_MS = 1_500
const ROUNDS = 5
const SUBSCRIBERS = 10_000
const CONNECTIONS = 200
const IDLE = 1_000
const IDLE_SECONDS = 10

/** The bus against a bare WebSocket server that sends the same frames back: requests a second, delay, fan-out, idle cost. */
export async function run(): Promise<Row[]> {
  const servers = await Promise.all(['echo', 'bus'].map((kind) => startServer(kind)))
  const [echo, bus] = servers
  if (!echo || !bus) return []
  const worker = await startServer('module', bus.url)
  try {
    return [...(await requestRows(echo, bus)), ...(await fanOutRows(echo, bus)), await idleRow(bus)]
  } finally {
    for (const { child } of [...servers, worker]) child.kill()
  }
}

/** The contenders alternate, and the typical round counts: the machine is shared. */
async function requestRows(echo: Running, bus: Running): Promise<Row[]> {
  const contenders = [
    await Load.open(echo.url, 'bench.echo', false),
    await Load.open(bus.url, 'bench.echo', true),
    await Load.open(bus.url, 'module.echo', true),
  ]
  const rates: number[][] = contenders.map(() => [])
  for (const load of contenders) await load.measure(MEASURE_MS / 2)
  for (const load of contenders) load.delaysMs.length = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, load] of contenders.entries()) rates[i]?.push(await load.measure(MEASURE_MS))
  }
  for (const load of contenders) load.close()
  const [ceiling = NaN, direct = NaN, forwarded = NaN] = rates.map(median)
  const [, directP99 = NaN, forwardedP99 = NaN] = contenders.map(({ delaysMs }) => percentile(delaysMs, 0.99))
  const rate = (claim: string, value: number, share: number): Row =>
    reaches(share, {
      claim,
      value,
      unit: 'requests/s',
      ceiling,
      ceilingName: 'bare echo',
      ratio: value / ceiling,
    })
  return [
    rate(`bus: requests to the node, ${IN_FLIGHT} in flight`, direct, 0.6),
    rate(`bus: requests passed on to a module, ${IN_FLIGHT} in flight`, forwarded, 0.35),
    staysUnder(20, { claim: 'bus: delay of 99 % of requests to the node', value: directP99, unit: 'ms' }),
    staysUnder(20, { claim: 'bus: delay of 99 % of requests passed on', value: forwardedP99, unit: 'ms' }),
  ]
}

/** Time until every subscriber has an event, against a bare server that sends as many frames of that size. */
async function fanOutRows(echo: Running, bus: Running): Promise<Row[]> {
  const subscribe = (id: number): string =>
    requestText(`s-${id}`, 'bench.echo', 'x'.repeat(200), { SubscriptionEventCounter: '1' })
  const times: number[][] = []
  for (const { url, child, isBus } of [
    { ...echo, isBus: false },
    { ...bus, isBus: true },
  ]) {
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => openSocket(url, isBus)))
    const frames = countFrames(sockets)
    for (const [i, socket] of sockets.entries()) {
      for (let n = 0; n < SUBSCRIBERS / CONNECTIONS; n++) socket.send(subscribe(i * SUBSCRIBERS + n))
    }
    await frames.until(SUBSCRIBERS)
    const own: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      child.send('fire')
      await frames.until(SUBSCRIBERS * (round + 2))
      own.push(performance.now() - start)
    }
    times.push(own)
    for (const socket of sockets) socket.terminate()
    await delay(200)
  }
  const [ceiling = NaN, value = NaN] = times.map(median)
  return [
    staysUnder(1_000, {
      claim: `bus: one event to ${SUBSCRIBERS} subscribers`,
      value,
      unit: 'ms',
      ceiling,
      ceilingName: 'as many bare frames',
      ratio: value / ceiling,
    }),
  ]
}

/** Processor time of the node while subscriptions wait for their period, beyond what it takes without them. */
async function idleRow(bus: Running): Promise<Row> {
  await delay(500)
  const before = await busyShare(bus.child)
  const socket = await openSocket(bus.url, true)
  const frames = countFrames([socket])
  for (let i = 0; i < IDLE; i++) {
    socket.send(requestText(`p-${i}`, 'bench.echo', 'x', { SubscriptionPeriod: String(IDLE_SECONDS) }))
  }
  await frames.until(IDLE)
  const during = await busyShare(bus.child)
  socket.terminate()
  return staysUnder(2, {
    claim: `bus: ${IDLE} subscriptions of ${IDLE_SECONDS} s, share of a core`,
    value: Math.max(0, during - before) * 100,
    unit: '%',
  })
}

async function busyShare(child: ChildProcess): Promise<number> {
  const cpuMs = async (): Promise<number> => {
    child.send('cpu')
    const [answer] = (await once(child, 'message')) as [{ cpuMs: number }]
    return answer.cpuMs
  }
  const start = await cpuMs()
  const startMs = performance.now()
  await delay(IDLE_SECONDS * 1_000)
  return ((await cpuMs()) - start) / (performance.now() - startMs)
}

/** Keeps so many requests in flight on one connection. */
class Load {
  readonly delaysMs: number[] = []
  readonly #socket: Socket
  readonly #method: string
  readonly #sentMs = new Map<string, number>()
  #ids = 0
  #done = 0
  #isOn = false

  private constructor(socket: Socket, name: string) {
    this.#socket = socket
    this.#method = name
    socket.on('message', (data: Buffer) => this.#answered(data.toString('latin1')))
  }

  static async open(url: string, name: string, isBus: boolean): Promise<Load> {
    return new Load(await openSocket(url, isBus), name)
  }

  /** Answers a second. */
  async measure(ms: number): Promise<number> {
    this.#isOn = true
    this.#done = 0
    const start = performance.now()
    for (let i = 0; i < IN_FLIGHT; i++) this.#send()
    await delay(ms)
    const rate = this.#done / ((performance.now() - start) / 1_000)
    this.#isOn = false
    while (this.#sentMs.size > 0) await delay(5)
    return rate
  }

  close(): void {
    this.#socket.terminate()
  }

  #send(): void {
    const id = `b-${++this.#ids}`
    this.#sentMs.set(id, performance.now())
    this.#socket.send(requestText(id, this.#method, 'x'.repeat(60)))
  }

  /** Finds the id without reading all of the frame, so that the server is what is measured. */
  #answered(text: string): void {
    const at = text.indexOf('"b-') + 1
    const id = text.slice(at, text.indexOf('"', at))
    const sentMs = this.#sentMs.get(id)
    if (sentMs === undefined) throw new Error(`not an answer: ${text.slice(0, 300)}`)
    this.#sentMs.delete(id)
    this.delaysMs.push(performance.now() - sentMs)
    this.#done += 1
    if (this.#isOn) this.#send()
  }
}

function requestText(id: string, name: string, text: string, fields: object = {}): string {
  const MessageData = {
    RequestAck: '0',
    SubscriptionEventCounter: '0',
    SubscriptionPeriod: '0',
    SubscriptionRange: '',
    ResponseMaxSize: '0',
    RequestMethods: { [name]: { text } },
    ...fields,
  }
  return JSON.stringify({
    MessageID: id,
    Timestamp: '1700000000000',
    TimeZone: '0',
    MessageType: 'Request',
    MessageData,
  })
}

async function openSocket(url: string, isBus: boolean): Promise<Socket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  if (isBus) {
    socket.send('{"MessageID":"n-1","MessageType":"NegotiateConnection","MessageData":{}}')
    await once(socket, 'message')
  }
  return socket
}

function countFrames(sockets: readonly Socket[]): { until(count: number): Promise<void> } {
  let count = 0
  let wanted = Infinity
  let reached: () => void = () => undefined
  const add = (): void => {
    count += 1
    if (count >= wanted) reached()
  }
  for (const socket of sockets) socket.on('message', add)
  return {
    until: (wantedCount) =>
      new Promise((resolve) => {
        wanted = wantedCount
        reached = resolve
        if (count >= wanted) resolve()
      }),
  }
}

interface Running {
  readonly url: string
  readonly child: ChildProcess
}

/** Each server is a process of its own, as it is in life. */
async function startServer(kind: string, manager = ''): Promise<Running> {
  const child = fork(fileURLToPath(new URL('support/bus-server.js', import.meta.url)), [kind, manager])
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return { url, child }
}
