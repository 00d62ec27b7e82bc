// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAuthority } from '@countersign/lab';
import { type ControlCall, callControl } from './call-control.ts';

let dir: string;
let server: Server;
let answer: { status: number; body: string };
let call: ControlCall;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-control-'));
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'control', addresses: ['127.0.0.1'] });
  server = createServer({ cert, key }, (_, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [ca, tokenFile] = [join(dir, 'ca.pem'), join(dir, 'token')];
  await writeFile(ca, authority.certificate);
  await writeFile(tokenFile, 'a.b.c');
  const control = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  call = { control, ca, tokenFile, method: 'DELETE', path: '/api/v1/locks/agent/reporter' };
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true });
});

for (const [what, status, body, message] of [
  [
    'a refusal in its own words',
    404,
    '{"title":"Not here","detail":"there is no lock on agent reporter","requestId":"r-1"}',
    /^Not here: there is no lock on agent reporter \(request r-1\)$/,
  ],
  ['no terminal sequence', 403, '{"title":"\\u001b[2J","detail":"x"}', /^\\u\{1b\}\[2J: x/],
  ['what answers in between', 502, '{"error":"bad gateway"}', /^https:\/\/127\.0\.0\.1:\d+ answered 502$/],
  ['what is no JSON', 200, '<html>', /answered 200 with something that is not JSON/],
  ['what is too much', 200, ' '.repeat(5 * 1024 * 1024), /answered too much$/],
] as const) {
  test(`tells ${what}`, async () => {
    answer = { status, body };
    await assert.rejects(callControl(call), { exitCode: 1, message });
  });
}

test('a CA that is missing or none is told as one', async () => {
  const { ca: _ca, ...without } = call;
  await assert.rejects(callControl(without), {
    exitCode: 1,
    message: /^the certificate of https:\S+ is of no CA .* --ca$/,
  });
  const none = join(dir, 'none.pem');
  await writeFile(none, 'hello');
  await assert.rejects(callControl({ ...call, ca: none }), { exitCode: 2, message: /^the CA holds no certificate/ });
});

test('gives what was answered', async () => {
  answer = { status: 200, body: '{"ended":2}' };
  assert.deepEqual(await callControl(call), { ended: 2 });
});
