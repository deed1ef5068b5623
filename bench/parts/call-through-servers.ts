import { type Server, copyProject, startPeer, startProduct } from '../harness/product.js'

export interface CallThroughServer {
  readonly name: string
  readonly start: (upstream: string) => Promise<Server>
}

const product = (name: string, watch: boolean): CallThroughServer => ({
  name,
  start: (upstream) => startProduct({ name, project: copyProject('orders'), upstream, watch }),
})

const peer = (name: string, file: string): CallThroughServer => ({
  name,
  start: (upstream) => startPeer(name, file, upstream),
})

export const watching = 'zato-ts serve'
export const plain = 'zato-ts serve --no-watch'
export const byDispatch = 'node:http + undici dispatch'
export const byRequest = 'node:http + undici request'
export const fastifyRequest = 'Fastify + undici request'

export const callThroughServers: readonly CallThroughServer[] = [
  product(watching, true),
  product(plain, false),
  peer(byDispatch, 'node-dispatch.js'),
  peer(byRequest, 'node-request.js'),
  peer(fastifyRequest, 'fastify-request.js'),
  peer('Fastify + fetch', 'fastify-fetch.js'),
  peer('Hono + fetch', 'hono-fetch.js'),
  peer('Express + axios', 'express-axios.js'),
]
