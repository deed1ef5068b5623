// node:http and undici's lowest interface: what the wire gives is collected by hand.
import { Pool } from 'undici'
import { serve } from './node-server.js'
import { upstream } from './settings.js'

const pool = new Pool(upstream)

class Collector {
  #chunks = []
  #statusCode = 0
  #resolve
  #reject

  constructor(resolve, reject) {
    this.#resolve = resolve
    this.#reject = reject
  }

  onConnect() {}

  onHeaders(statusCode) {
    this.#statusCode = statusCode
    return true
  }

  onData(chunk) {
    this.#chunks.push(chunk)
    return true
  }

  onComplete() {
    const body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#resolve({ statusCode: this.#statusCode, json: () => JSON.parse(body.toString()), raw: () => body })
  }

  onError(error) {
    this.#reject(error)
  }
}

serve(
  (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      pool.dispatch({ method, path, headers, body }, new Collector(resolve, reject))
    }),
)
