import type { Socket } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { BadReply, type OutgoingError, TimedOut } from '../../../src/outgoing/errors.js'

/** Everything that an API may do wrong, one entry a fault, and what must come of it. */

export interface Fault {
  readonly fault: string
  readonly serve: (socket: Socket) => void
  readonly method?: string
  readonly timeout?: number
  readonly maxResponseSize?: number
  readonly code: string
  readonly error: new (...args: never[]) => OutgoingError
  readonly phase: string
  readonly message?: RegExp
  /** There is one in any case. */
  readonly hint?: RegExp
  /** It is the body that is wrong, not the way it came: the next call may use the socket. */
  readonly keepsSocket?: boolean
}

/** The head of a reply, with these headers. */
export const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')
const write = (text: string | Buffer) => (socket: Socket) => void socket.write(text, 'latin1')
const end = (text: string | Buffer) => (socket: Socket) => void socket.end(text, 'latin1')
const withBody = (coding: string, body: Buffer) =>
  Buffer.concat([Buffer.from(head(`Content-Encoding: ${coding}`, `Content-Length: ${body.length}`)), body])
const broken = { code: 'ZN301', error: BadReply }
const late = { code: 'ZN201', error: TimedOut, timeout: 0.4 }
const undecodable = { ...broken, phase: 'body', keepsSocket: true }
const tooLarge = { code: 'ZN302', error: BadReply, phase: 'body', maxResponseSize: 1000 }

/** Some kilobytes, or bytes, that become 100 MB. */
const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)))
const brotliBomb = brotliCompressSync(Buffer.alloc(100_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })

/** A byte each 20 ms, for ever. */
function drip(start: string, piece: string) {
  return (socket: Socket) => {
    socket.write(start)
    const timer = setInterval(() => socket.write(piece), 20)
    socket.on('close', () => clearInterval(timer))
  }
}

const chunked = (...pieces: string[]) => head('Transfer-Encoding: chunked') + pieces.join('\r\n')
const good = head('Content-Length: 2') + '{}'
const ofNoHttp = { ...broken, phase: 'headers', message: /not HTTP/, hint: /does this port speak HTTP/ }
const badHead = { ...broken, phase: 'headers', hint: /does not keep to HTTP/ }

/** As fast as it is read. */
function flood(start: string, piece: string) {
  const pieces = piece.repeat(Math.ceil(16_384 / piece.length))
  return (socket: Socket) => {
    const pour = (error?: Error | null) => {
      if (!error && !socket.destroyed) socket.write(pieces, pour)
    }
    socket.write(start, pour)
  }
}

export const faults: readonly Fault[] = [
  { fault: 'closes at once', serve: (s) => s.end(), ...broken, phase: 'headers', message: /before a reply came/ },
  { fault: 'resets at once', serve: (s) => s.resetAndDestroy(), ...broken, phase: 'headers' },
  { fault: 'closes within the head', serve: end('HTTP/1.1 200 OK\r\nContent-'), ...broken, phase: 'headers' },
  { fault: 'closes within the body', serve: end(head('Content-Length: 9') + 'half'), ...broken, phase: 'body' },
  {
    fault: 'resets within the body',
    serve: (s) => s.write(head('Content-Length: 9') + 'half', () => s.resetAndDestroy()),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'closes within a chunk',
    serve: end(head('Transfer-Encoding: chunked') + '9\r\nhalf'),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'never ends its chunks',
    serve: end(head('Transfer-Encoding: chunked') + '4\r\nhalf\r\n'),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'sends a broken chunk',
    serve: write(head('Transfer-Encoding: chunked') + 'zz\r\nhalf\r\n'),
    ...broken,
    phase: 'body',
    message: /Invalid character in chunk size/,
  },
  {
    fault: 'speaks no HTTP',
    serve: write('220 smtp.example.com ESMTP\r\n'),
    ...broken,
    phase: 'headers',
    message: /not HTTP/,
  },
  {
    fault: 'speaks TLS',
    serve: write(Buffer.from([0x15, 3, 1, 0, 2, 2, 10])),
    ...broken,
    phase: 'headers',
    hint: /https:/,
  },
  { fault: 'speaks HTTP/2', serve: write(Buffer.from('000012040000000000', 'hex')), ...broken, phase: 'headers' },
  { fault: 'sends a broken header', serve: write('HTTP/1.1 200 OK\r\nno colon\r\n\r\n'), ...broken, phase: 'headers' },
  {
    fault: 'sends two lengths',
    serve: write(head('Content-Length: 1', 'Content-Length: 2') + 'ab'),
    ...broken,
    phase: 'headers',
    message: /tells its length twice/,
  },
  {
    fault: 'sends one length twice',
    serve: write(head('Content-Length: 2', 'Content-Length: 2') + 'ab'),
    ...broken,
    phase: 'headers',
    message: /tells its length twice/,
  },
  {
    fault: 'never ends its 100 Continue',
    serve: (s) => void s.write(`HTTP/1.1 100 Continue\r\nX-Long: ${'x'.repeat(100_000)}`),
    ...broken,
    phase: 'headers',
    message: /headers of the reply are too large/,
  },
  { fault: 'sends a length that is no number', serve: write(head('Content-Length: -1')), ...broken, phase: 'headers' },
  {
    fault: 'sends headers without end',
    serve: (s) => void s.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}`),
    ...broken,
    phase: 'headers',
    message: /headers of the reply are too large/,
  },
  {
    fault: 'changes the protocol',
    serve: write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
    ...broken,
    phase: 'headers',
    message: /protocol/,
  },
  {
    fault: 'sends an unknown coding',
    serve: write(withBody('zstd', Buffer.from('x'))),
    ...broken,
    phase: 'body',
    message: /"zstd"/,
  },
  {
    fault: 'sends six codings',
    serve: write(withBody('gzip, gzip, gzip, gzip, gzip, gzip', Buffer.from('x'))),
    ...broken,
    phase: 'body',
    message: /6 codings/,
  },
  {
    fault: 'names gzip and sends none',
    serve: write(withBody('gzip', Buffer.from('{"plain":true}'))),
    ...undecodable,
    message: /not the gzip/,
  },
  {
    fault: 'names br and sends none',
    serve: write(withBody('br', Buffer.from('{"plain":true}'))),
    ...undecodable,
    message: /not the br/,
  },
  {
    fault: 'cuts gzip short',
    serve: write(withBody('gzip', gzipSync('x'.repeat(9999)).subarray(0, 30))),
    ...undecodable,
    message: /not the gzip/,
  },
  {
    fault: 'cuts deflate short',
    serve: write(withBody('deflate', deflateSync('x'.repeat(9999)).subarray(0, 20))),
    ...undecodable,
  },
  { fault: 'announces too much', serve: write(head('Content-Length: 1001')), ...tooLarge },
  { fault: 'sends too much', serve: end(head('Connection: close') + 'x'.repeat(1001)), ...tooLarge },
  {
    fault: 'sends too much in chunks',
    serve: write(head('Transfer-Encoding: chunked') + `3e9\r\n${'x'.repeat(1001)}\r\n0\r\n\r\n`),
    ...tooLarge,
  },
  {
    fault: 'sends a gzip that grows too large',
    serve: write(withBody('gzip', gzipSync('x'.repeat(1001)))),
    ...tooLarge,
    keepsSocket: true,
  },
  {
    fault: 'sends an inner gzip that grows too large',
    serve: write(withBody('gzip, gzip', gzipSync(gzipSync('x'.repeat(1001))))),
    ...tooLarge,
    keepsSocket: true,
  },
  { fault: 'never answers', serve: () => undefined, ...late, phase: 'headers', message: /within 0.4 s/ },
  { fault: 'never ends its head', serve: drip('HTTP/1.1 200 OK\r\n', 'X: y\r\n'), ...late, phase: 'headers' },
  {
    fault: 'never ends its body',
    serve: write(head('Content-Length: 9') + 'half'),
    ...late,
    phase: 'body',
    message: /not complete/,
  },
  { fault: 'drips its body', serve: drip(head('Content-Length: 9999'), 'x'), ...late, phase: 'body' },
  { fault: 'drips chunks', serve: drip(head('Transfer-Encoding: chunked'), '1\r\nx\r\n'), ...late, phase: 'body' },
  { fault: 'drips 103 Early Hints', serve: drip('', 'HTTP/1.1 103 Early Hints\r\n\r\n'), ...late, phase: 'headers' },
  // What chunks may be.
  {
    fault: 'sends a chunk that is longer than it says',
    serve: write(chunked('4', 'halfX', '0', '', '')),
    ...broken,
    phase: 'body',
    message: /Expected LF after chunk data/,
  },
  {
    fault: 'sends a chunk whose lines end without CR',
    serve: write(head('Transfer-Encoding: chunked') + '4\nhalf\n0\n\n'),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'sends a chunk of a size beyond all numbers',
    serve: write(chunked('fffffffffffffffff', 'half')),
    ...broken,
    phase: 'body',
    message: /Chunk size overflow/,
  },
  {
    fault: 'sends a chunk of a size below zero',
    serve: write(chunked('-4', 'half', '0', '', '')),
    ...broken,
    phase: 'body',
  },
  { fault: 'announces a chunk of 8 PB', serve: write(chunked('1fffffffffffff', 'half', '')), ...late, phase: 'body' },
  {
    fault: 'never ends the extension of a chunk',
    serve: flood(`${head('Transfer-Encoding: chunked')}4;`, 'x'),
    ...late,
    phase: 'body',
  },
  {
    fault: 'never ends its trailers',
    serve: flood(chunked('4', 'half', '0', ''), 'X-T: y\r\n'),
    ...broken,
    phase: 'body',
    message: /headers of the reply are too large/,
  },
  // Where a body ends must be told once.
  {
    fault: 'sends a length and chunks',
    serve: write(head('Content-Length: 4', 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n0\r\n\r\n'),
    ...badHead,
  },
  {
    fault: 'sends chunks and a length',
    serve: write(head('Transfer-Encoding: chunked', 'Content-Length: 4') + '4\r\nhalf\r\n0\r\n\r\n'),
    ...badHead,
  },
  ...['+2', '0x2', '2, 2', '2 2', '', '9'.repeat(30)].map((length) => ({
    fault: `sends the length "${length}"`,
    serve: write(`${head(`Content-Length: ${length}`)}{}`),
    ...badHead,
  })),
  ...['gzip, chunked', 'xchunked', 'chunked, gzip'].map((coding) => ({
    fault: `sends the transfer coding "${coding}"`,
    serve: write(head(`Transfer-Encoding: ${coding}`) + '2\r\n{}\r\n0\r\n\r\n'),
    ...broken,
    phase: 'body',
    message: /transfer coding/,
  })),
  // Smuggled bytes.
  ...Object.entries({
    'a NUL': 'X: a\0b',
    'a bare CR': 'X: a\rSet-Cookie: b',
    'a folded line': 'X: a\r\n folded',
    'an escape': 'X: a\u001b[31mb',
    'a DEL': 'X: a\u007fb',
    'a blank before the colon': 'X : a',
    'a control character in a name': 'X\u0001: a',
    'a name that is empty': ': a',
  }).map(([what, line]) => ({
    fault: `sends a header with ${what}`,
    serve: write(`${head(line, 'Content-Length: 2')}{}`),
    ...badHead,
  })),
  { fault: 'ends its lines without CR', serve: write('HTTP/1.1 200 OK\nContent-Length: 2\n\n{}'), ...badHead },
  {
    fault: 'sends 20,000 headers',
    serve: write(head(...Array.from({ length: 20_000 }, (_, index) => `X-${index}: y`))),
    ...broken,
    phase: 'headers',
    message: /headers of the reply are too large/,
    hint: /max-http-header-size/,
  },
  // What the first line may be.
  ...['abc', '99', '-200'].map((status) => ({
    fault: `answers with the status ${status}`,
    serve: write(good.replace('200', status)),
    ...badHead,
  })),
  ...['000', '101'].map((status) => ({
    fault: `answers with the status ${status}`,
    serve: write(good.replace('200', status)),
    ...badHead,
    message: /status of the reply is none that may answer/,
  })),
  { fault: 'answers with the status 1000', serve: write(good.replace('200', '1000')), ...ofNoHttp },
  { fault: 'answers without a status', serve: write(good.replace(' 200 OK', '')), ...badHead },
  { fault: 'speaks HTTP/9.9', serve: write(good.replace('1.1', '9.9')), ...badHead, message: /Invalid HTTP version/ },
  { fault: 'speaks HTTP/0.9', serve: end('<html>hello</html>'), ...ofNoHttp },
  { fault: 'speaks ICY', serve: write('ICY 200 OK\r\n\r\n{}'), ...ofNoHttp },
  { fault: 'sends the preface of HTTP/2', serve: write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), ...ofNoHttp },
  { fault: 'sends a request in its turn', serve: write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), ...ofNoHttp },
  { fault: 'never ends its reason', serve: flood('HTTP/1.1 200 ', 'x'), ...late, phase: 'headers' },
  // Interim replies without end.
  ...['100 Continue', '102 Processing', '103 Early Hints', '199 What'].map((status) => ({
    fault: `floods with ${status}`,
    serve: flood('', `HTTP/1.1 ${status}\r\n\r\n`),
    ...late,
    phase: 'headers',
  })),
  // Bodies without end, and codings.
  { fault: 'never ends a body without a length', serve: flood(head(), 'x'), ...tooLarge },
  { fault: 'sends blanks for ever', serve: flood(head('Transfer-Encoding: chunked'), '4\r\n    \r\n'), ...tooLarge },
  {
    fault: 'sends a hundred codings',
    serve: write(withBody('gzip, '.repeat(100), Buffer.from('x'))),
    ...broken,
    phase: 'body',
    message: /100 codings/,
    hint: /Accept-Encoding: identity/,
  },
  {
    fault: 'sends a bomb in two layers',
    serve: write(withBody('gzip, gzip', bomb)),
    ...tooLarge,
    maxResponseSize: 1_000_000,
    keepsSocket: true,
  },
  {
    fault: 'sends a bomb of brotli',
    serve: write(withBody('br', brotliBomb)),
    ...tooLarge,
    maxResponseSize: 1_000_000,
    keepsSocket: true,
  },
  {
    fault: 'adds to its gzip what is none',
    serve: write(withBody('gzip', Buffer.concat([gzipSync('{}'), Buffer.from('evil')]))),
    ...undecodable,
  },
]
