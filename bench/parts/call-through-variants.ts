import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { ask } from '../harness/ask.js'
import { newOrder } from '../harness/nginx.js'

export interface Variant {
  readonly title: string
  /** Path and query of the server for a customer. */
  readonly path: (customer: string, status: string) => string
  /** Path and query of the upstream, which a server has to call for it. */
  readonly upstreamPath: (customer: string, status: string) => string
  readonly payload?: string
  /** The reply of the upstream must arrive byte for byte. */
  readonly isRaw?: boolean
}

const get = (title: string, kind: 'orders' | 'history', isRaw = false): Variant => ({
  title,
  path: (customer, status) => `/api/customers/${customer}/${kind}${isRaw ? '/raw' : ''}?status=${status}`,
  upstreamPath: (customer, status) => `/customers/${customer}/${kind}?status=${status}`,
  isRaw,
})

export const smallReply = get('A small JSON reply', 'orders')

export const variants: readonly Variant[] = [
  smallReply,
  get('A JSON reply of 100 KB', 'history'),
  {
    title: 'A POST of 10 KB of JSON',
    path: () => '/api/orders',
    upstreamPath: () => '/orders',
    payload: newOrder,
  },
  get('A small reply, passed through untouched', 'orders', true),
  get('A reply of 100 KB, passed through untouched', 'history', true),
]

/**
 * Makes sure that a server does the work that is measured: calls the upstream with path parameter, query and payload, sends on and
 * returns the correlation id, gives back what came, and says 502 when the upstream refuses.
 *
 * @returns bytes of a reply, head included
 */
export async function verify(url: string, upstream: string, variant: Variant): Promise<number> {
  const customer = randomBytes(4).toString('hex')
  const cid = randomBytes(16).toString('hex')
  const question = questionOf(variant, cid)
  const [answer, expected] = await Promise.all([
    ask(url + variant.path(customer, 'pending'), question),
    ask(upstream + variant.upstreamPath(customer, 'pending'), question),
  ])
  assert.equal(answer.statusCode, expected.statusCode, answer.body)
  assert.equal(answer.headers['x-zato-cid'], cid)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
  if (variant.isRaw) assert.equal(answer.body, expected.body)
  else assert.deepEqual(JSON.parse(answer.body), JSON.parse(expected.body))

  const { headers } = await ask(url + variant.path(customer, 'pending'), questionOf(variant))
  assert.match(String(headers['x-zato-cid']), /^[\da-f-]{32,36}$/)
  await verifyRefusal(url, variant)
  return answer.bytesRead
}

async function verifyRefusal(url: string, variant: Variant): Promise<void> {
  const refused = await ask(
    url + variant.path('12345', 'refuse'),
    questionOf({ ...variant, ...(variant.payload && { payload: '{}' }) }),
  )
  assert.equal(refused.statusCode, 502, refused.body)
}

/** Over a connection that could be kept, as under load: then the replies have the same headers. */
function questionOf({ payload }: Variant, cid?: string) {
  const headers = {
    connection: 'keep-alive',
    ...(cid && { 'x-zato-cid': cid }),
    ...(payload && { 'content-type': 'application/json' }),
  }
  return payload === undefined ? { headers } : { method: 'POST', headers, body: payload }
}
