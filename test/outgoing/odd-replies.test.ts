import type { Socket } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { startRawUpstream } from '../helpers/upstream.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

/** Replies that are unusual, and all the same replies. */

afterAll(closeAll)

const lines = (...parts: string[]) => parts.join('\r\n')
const write = (text: string) => (socket: Socket) => void socket.write(text, 'latin1')
const end = (text: string) => (socket: Socket) => void socket.end(text, 'latin1')

interface Odd {
  readonly odd: string
  readonly serve: (socket: Socket) => void
  readonly method?: string
  readonly statusCode?: number
  readonly text?: string
  /** The next call gets a socket of its own. */
  readonly ends?: boolean
}

const replies: Odd[] = [
  {
    odd: 'has no length and ends with its connection',
    serve: end(lines('HTTP/1.1 200 OK', '', '{"a":1}')),
    text: '{"a":1}',
    ends: true,
  },
  { odd: 'is HTTP/1.0', serve: end(lines('HTTP/1.0 200 OK', '', '{}')), text: '{}', ends: true },
  {
    odd: 'asks for the connection to be closed',
    serve: write(lines('HTTP/1.1 200 OK', 'Connection: close', 'Content-Length: 2', '', '{}')),
    text: '{}',
    ends: true,
  },
  {
    odd: 'comes in chunks with trailers',
    serve: write(
      lines(
        'HTTP/1.1 200 OK',
        'Transfer-Encoding: chunked',
        'Trailer: X-T',
        '',
        '1;ext=1',
        '{',
        '1',
        '}',
        '0',
        'X-T: 1',
        '',
        '',
      ),
    ),
    text: '{}',
  },
  {
    odd: 'is announced by 103 Early Hints',
    serve: write(lines('HTTP/1.1 103 Early Hints', 'Link: </x>', '', 'HTTP/1.1 200 OK', 'Content-Length: 2', '', '{}')),
    text: '{}',
  },
  {
    odd: 'is announced by 100 Continue, which nobody asked for',
    serve: write(lines('HTTP/1.1 100 Continue', 'X: y', '', 'HTTP/1.1 200 OK', 'Content-Length: 2', '', '{}')),
    text: '{}',
  },
  {
    odd: 'is announced by 100 Continue twice, byte by byte',
    method: 'POST',
    serve: (socket) =>
      void byByte(socket, `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`),
    text: '{}',
  },
  {
    odd: 'has a body that looks like 100 Continue',
    serve: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n', () =>
        write('HTTP/1.1 100 Continue\r\n\r\n')(socket),
      )
    },
    text: 'HTTP/1.1 100 Continue\r\n\r\n',
  },
  { odd: 'has no reason phrase', serve: write(lines('HTTP/1.1 200', 'Content-Length: 2', '', '{}')), text: '{}' },
  {
    odd: 'has a status of its own',
    serve: write(lines('HTTP/1.1 799 Odd', 'Content-Length: 2', '', '{}')),
    statusCode: 799,
    text: '{}',
  },
  {
    odd: 'has a body with its 204',
    serve: write(lines('HTTP/1.1 204 No Content', 'Content-Length: 4', '', 'evil')),
    statusCode: 204,
    text: '',
    ends: true,
  },
  {
    odd: 'has a body with its 304',
    serve: write(lines('HTTP/1.1 304 Not Modified', 'Content-Length: 4', '', 'evil')),
    statusCode: 304,
    text: '',
    ends: true,
  },
  {
    odd: 'tells the length that its 304 leaves out',
    serve: write(lines('HTTP/1.1 304 Not Modified', 'Content-Length: 1234', '', '')),
    statusCode: 304,
    text: '',
    ends: true,
  },
  {
    odd: 'names the coding of the body that its HEAD leaves out',
    method: 'HEAD',
    serve: write(lines('HTTP/1.1 200 OK', 'Content-Encoding: zstd', 'Content-Length: 4', '', '')),
    text: '',
    ends: true,
  },
  {
    odd: 'names the coding of the body that its 304 leaves out',
    serve: write(lines('HTTP/1.1 304 Not Modified', 'Content-Encoding: zstd', '', '')),
    statusCode: 304,
    text: '',
  },
  ...['identity', 'none', 'UTF-8', 'aws-chunked', ''].map((coding) => ({
    odd: `names the coding "${coding}", which codes nothing`,
    serve: write(lines('HTTP/1.1 200 OK', `Content-Encoding: ${coding}`, 'Content-Length: 2', '', '{}')),
    text: '{}',
  })),
  {
    odd: 'has a body for a HEAD',
    method: 'HEAD',
    serve: write(lines('HTTP/1.1 200 OK', 'Content-Length: 4', '', 'evil')),
    text: '',
    ends: true,
  },
  {
    odd: 'is longer than it says',
    serve: write(lines('HTTP/1.1 200 OK', 'Content-Length: 2', '', '{}evil')),
    text: '{}',
    ends: true,
  },
  {
    odd: 'comes byte by byte',
    serve: (socket) => void byByte(socket, lines('HTTP/1.1 200 OK', 'Content-Length: 2', '', '{}')),
    text: '{}',
  },
]

async function byByte(socket: Socket, text: string): Promise<void> {
  for (const character of text) {
    socket.write(character)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a reply that', () => {
  test.each(replies)('$odd', async ({ serve, method = 'GET', statusCode = 200, text, ends = false }) => {
    const upstream = await startRawUpstream(({ socket }) => serve(socket))
    const { conn } = open({ host: upstream.url })
    for (let call = 1; call <= 3; call++) {
      const response = await conn.request(cid, { method })
      expect([response.statusCode, response.text]).toEqual([statusCode, text])
      expect(upstream.connections).toBe(ends ? call : 1)
    }
    await upstream.close()
  })
})
