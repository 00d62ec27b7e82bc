// SPDX-License-Identifier: Apache-2.0
// What HTTP/2 and TLS cost in Node when nothing is checked: small GETs over HTTP/2 go on to the API server with a client
// certificate. It prints the address that it listens on, for each line of its standard input how late its event loop was at
// most since the last, in milliseconds, and ends when its standard input does.
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** As the gateway looks. */
const LOOK_MS = 10;
const STREAM_WINDOW_BYTES = 4 * 1_048_576;

const { values: given } = parseArgs({
  options: {
    upstream: { type: 'string', default: '' },
    'upstream-ca': { type: 'string', default: '' },
    'client-cert': { type: 'string', default: '' },
    'client-key': { type: 'string', default: '' },
    'server-cert': { type: 'string', default: '' },
    'server-key': { type: 'string', default: '' },
  },
});

function pass(upstream: ClientHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const { ':method': method, ':path': path, accept, 'user-agent': userAgent } = headers;
  const asked = upstream.request(
    { ':method': method, ':path': path, accept, 'user-agent': userAgent },
    { endStream: true },
  );
  stream.on('error', () => asked.close());
  asked.on('error', () => stream.close());
  asked.once('response', ({ ':status': status, 'content-type': type, 'content-length': length }) => {
    stream.respond({ ':status': status, 'content-type': type, 'content-length': length });
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.once('end', () => stream.end(Buffer.concat(chunks)));
  });
}

const upstream = connect(given.upstream, {
  ca: readFileSync(given['upstream-ca']),
  cert: readFileSync(given['client-cert']),
  key: readFileSync(given['client-key']),
  settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
});
const server = createSecureServer({ cert: readFileSync(given['server-cert']), key: readFileSync(given['server-key']) });
server.on('stream', (stream: ServerHttp2Stream, headers) => pass(upstream, stream, headers));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`https://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
const delays = monitorEventLoopDelay({ resolution: LOOK_MS });
delays.enable();
createInterface({ input: process.stdin })
  .on('line', () => {
    process.stdout.write(`${Math.max(0, delays.max / 1e6 - LOOK_MS)}\n`);
    delays.reset();
  })
  .on('close', () => process.exit(0));
