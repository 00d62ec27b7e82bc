// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SpdyHeaders } from '../spdy/frame.ts';
import { PortPairs } from './port-pairs.ts';
import { type PortStream, parsePortStream, portStreamHeaders } from './port-stream.ts';

const refused = { code: 'ERR_KUBE_STREAM_HEADERS' };

function headers(streamtype: string, port: string, requestid?: string): SpdyHeaders {
  const all = { streamtype, port, ...(requestid === undefined ? {} : { requestid }) };
  return Object.entries(all).map(([name, value]) => ({ name, values: [value] }));
}

test('the headers of a stream are read as they are written', () => {
  const stream: PortStream = { type: 'data', port: 65_535, requestId: '0' };
  assert.deepEqual(parsePortStream(portStreamHeaders(stream)), stream);
  assert.deepEqual(parsePortStream(headers('error', '1', 'a-b_9')), { type: 'error', port: 1, requestId: 'a-b_9' });
});

for (const [streamtype, port, requestid] of [
  ['stdin', '80', '0'],
  ['data', '0', '0'],
  ['data', '65536', '0'],
  ['data', '080', '0'],
  ['data', '+80', '0'],
  ['data', '80.0', '0'],
  ['data', '', '0'],
  ['data', '80', ''],
  ['data', '80', undefined],
  ['data', '80', 'a b'],
  ['data', '80', 'x'.repeat(65)],
] as const) {
  test(`type ${streamtype}, port ${port}, request ${requestid} is refused`, () => {
    assert.throws(() => parsePortStream(headers(streamtype, port, requestid)), refused);
  });
}

test('a port with two values is refused', () => {
  const two = [
    ...headers('data', '80', '0').filter(({ name }) => name !== 'port'),
    { name: 'port', values: ['80', '22'] },
  ];
  assert.throws(() => parsePortStream(two), refused);
});

test('streams find their other half, whichever order they come in', () => {
  const connections = fc.uniqueArray(fc.nat(1_000), { maxLength: 100 });
  fc.assert(
    fc.property(connections, fc.infiniteStream(fc.nat()), (ids, order) => {
      const opened = ids.flatMap((id) =>
        (['error', 'data'] as const).map((type, half) => ({
          type,
          stream: 4 * id + 2 * half + 1,
          id,
          at: order.next().value,
        })),
      );
      const pairs = new PortPairs();
      const found = opened
        .sort((one, other) => one.at - other.at)
        .flatMap(({ stream, type, id }) => pairs.add(stream, { type, port: id + 1, requestId: String(id) }) ?? []);
      assert.deepEqual(
        found.sort((one, other) => one.error - other.error),
        ids
          .toSorted((one, other) => one - other)
          .map((id) => {
            return { port: id + 1, requestId: String(id), error: 4 * id + 1, data: 4 * id + 3 };
          }),
      );
    }),
  );
});

test('a stream whose other half has its type or another port is refused', () => {
  const pairs = new PortPairs();
  pairs.add(1, { type: 'error', port: 80, requestId: '0' });
  assert.throws(() => pairs.add(3, { type: 'error', port: 80, requestId: '0' }), refused);
  assert.throws(() => pairs.add(3, { type: 'data', port: 22, requestId: '0' }), refused);
});

test('a half that is removed is waited for no more, and not without end', () => {
  const pairs = new PortPairs();
  pairs.add(1, { type: 'error', port: 80, requestId: '0' });
  assert.equal(pairs.remove(1), true);
  assert.equal(pairs.remove(1), false);
  for (let id = 0; id < 256; id += 1) pairs.add(2 * id + 3, { type: 'error', port: 80, requestId: String(id) });
  assert.throws(() => pairs.add(999, { type: 'error', port: 80, requestId: '256' }), refused);
});
