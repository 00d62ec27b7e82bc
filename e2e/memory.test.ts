// SPDX-License-Identifier: Apache-2.0
// Runs alone: what processes hold is measured while they work.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import type { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { beginPeak, peakBytes, readBytes, residentBytes } from './fixtures/process-memory.ts';
import { AS_MUCH_AS_THERE_IS } from './installation/config-file.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const MEBIBYTE = 1_048_576;
const LIST_BYTES = 100 * MEBIBYTE;
const MAX_GROWTH_BYTES = 64 * MEBIBYTE;
/** Near the most that one object may hold. */
const OBJECT_BYTES = 1_000_000;
const OBJECTS = { secrets: 80, configmaps: 106 } as const;
const BIG = '/api/v1/namespaces/big';

const RESOURCES = ['secrets', 'configmaps'] as const;
const PROTOCOLS = ['HTTP/1.1', 'HTTP/2'] as const;

type Resource = (typeof RESOURCES)[number];
type Protocol = (typeof PROTOCOLS)[number];

let site: Installation;
let ca: string;
let token: string;

before(async () => {
  site = await startInstallation({
    clusters: {
      lab: {
        policies: '@id("all") permit (principal == Agent::"reader", action, resource);',
        rights: { 'countersign:readers': [{ apiGroups: [''], resources: RESOURCES, verbs: ['list'] }] },
      },
    },
    agents: { reader: { clusters: { lab: ['countersign:readers'] }, limits: AS_MUCH_AS_THERE_IS } },
  });
  ca = await readFile(site.caFile, 'utf8');
  token = await site.token('reader');
  await givenObjects();
});
after(() => site?.stop());

/** A value in one piece, or in a thousand: what is masked one by one costs most when it is many. */
function values(number: number, encode: (bytes: Buffer) => string): Readonly<Record<string, string>> {
  const pieces = number % 2 === 0 ? 1 : 1_000;
  const size = Math.floor(OBJECT_BYTES / pieces);
  return Object.fromEntries(
    Array.from({ length: pieces }, (_none, piece) => [`value-${piece}`, encode(randomBytes(size))]),
  );
}

async function givenObjects(): Promise<void> {
  const { admin } = site.lab('lab');
  await admin.request('POST', '/api/v1/namespaces', { metadata: { name: 'big' } });
  const hex = (bytes: Buffer) => bytes.toString('hex').slice(bytes.length);
  const encode = { secrets: (bytes: Buffer) => bytes.toString('base64'), configmaps: hex };
  for (const resource of RESOURCES) {
    for (let number = 0; number < OBJECTS[resource]; number++) {
      const object = { metadata: { name: `${resource}-${number}` }, data: values(number, encode[resource]) };
      const { status } = await admin.request('POST', `${BIG}/${resource}`, object);
      assert.equal(status, 201);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readable;
  close(): void;
}

const mebibytes = (count: number) => `${(count / MEBIBYTE).toFixed(0)} MiB`;

const headers = () => ({ authorization: `Bearer ${token}`, accept: 'application/json' });

function openHttp1(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${site.data}${path}`, { ca, agent: false, headers: headers() }, (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, body: incoming, close: () => incoming.destroy() });
    });
    outgoing.on('error', reject).end();
  });
}

function openHttp2(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(site.data, { ca, settings: { initialWindowSize: MEBIBYTE } });
    session.on('error', reject);
    const stream = session.request({ ':path': path, ...headers() });
    stream.on('error', reject);
    stream.on('response', (head) => {
      resolve({ status: head[':status'] ?? 0, body: stream, close: () => session.destroy() });
    });
  });
}

const open: Readonly<Record<Protocol, (path: string) => Promise<Answer>>> = {
  'HTTP/1.1': openHttp1,
  'HTTP/2': openHttp2,
};

async function discard(body: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}

/** Lists and discards; returns the length of the answer. */
async function list(protocol: Protocol, resource: Resource, query = ''): Promise<number> {
  const { status, body, close } = await open[protocol](`/clusters/lab${BIG}/${resource}${query}`);
  assert.equal(status, 200);
  const bytes = await discard(body);
  close();
  return bytes;
}

/** Reads nothing until the gateway has stopped reading too, then the rest. */
async function listStalled(protocol: Protocol, resource: Resource): Promise<number> {
  const { body, close } = await open[protocol](`/clusters/lab${BIG}/${resource}`);
  body.pause();
  let before = -1;
  let same = 0;
  await eventually('the gateway has stopped reading', async () => {
    const read = await readBytes(site.gateway.pid);
    same = read - before < 65_536 ? same + 1 : 0;
    before = read;
    return same === 20;
  });
  const bytes = await discard(body);
  close();
  return bytes;
}

describe('the gateway, while a caller lists 100 MB, holds less than 64 MB more than when it was idle', () => {
  let idle = 0;

  before(async () => {
    for (const protocol of PROTOCOLS) for (const resource of RESOURCES) await list(protocol, resource, '?limit=1');
    idle = await residentBytes(site.gateway.pid);
  });

  const readers = { 'a caller that reads on': list, 'a caller that stops reading for a while': listStalled };
  for (const resource of RESOURCES) {
    for (const protocol of PROTOCOLS) {
      for (const [reader, read] of Object.entries(readers)) {
        test(`${resource}, ${protocol}, ${reader}`, async (t) => {
          const { pid } = site.gateway;
          await beginPeak(pid);
          const alreadyRead = await readBytes(pid);
          const sent = await read(protocol, resource);
          const received = (await readBytes(pid)) - alreadyRead;
          const grown = (await peakBytes(pid)) - idle;
          t.diagnostic(
            `${mebibytes(received)} in, ${mebibytes(sent)} out, ${mebibytes(grown)} over ${mebibytes(idle)}`,
          );
          assert.ok(received > LIST_BYTES);
          assert.ok(grown < MAX_GROWTH_BYTES, `grown by ${mebibytes(grown)}`);
        });
      }
    }
  }
});
