// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAuthority } from '@countersign/lab';
import { runCommand } from '../command-fixture.ts';

const ANSWERS: Readonly<Record<string, object>> = {
  'GET /api/v1/clusters': {
    items: [
      {
        name: 'lab',
        state: 'enabled',
        description: 'to try',
        connectors: [{ connector: 'lab-0123456789', since: 'x', version: '0.1.0' }],
      },
      { name: 'production', state: 'disabled', description: '', connectors: [] },
    ],
  },
  'GET /api/v1/agents': {
    items: [
      {
        id: 'reporter',
        state: 'enabled',
        owner: 'ada@example.com',
        clusters: { lab: {}, prod: {} },
        purpose: 'Re\u001b[2Jports',
      },
      {
        id: 'guest',
        state: 'disabled',
        owner: 'bob@example.com',
        clusters: {},
        purpose: '',
        expiresAt: '2027-01-01T00:00:00Z',
      },
    ],
  },
  'GET /api/v1/grants': { items: [{ id: 'g1' }], next: 'g 1' },
  'GET /api/v1/grants?after=g%201': { items: [], next: 'g2' },
  'GET /api/v1/grants?after=g2': { items: [{ id: 'g3' }] },
  'GET /api/v1/locks': {
    items: [{ kind: 'agent', target: 'reporter', by: 'operator', reason: '', at: '2026-11-29T16:00:00Z' }],
  },
  'DELETE /api/v1/locks/owner/ada%40example.com': { kind: 'owner', target: 'ada@example.com' },
  'POST /api/v1/locks': { kind: 'agent', target: 'x', ended: 0, known: false },
};

let dir: string;
let control: readonly string[];
let close: () => void;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-lists-'));
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'control', addresses: ['127.0.0.1'] });
  const server = createServer({ cert, key }, ({ method, url }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ANSWERS[`${method} ${url}`]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [ca, tokenFile] = [join(dir, 'ca.pem'), join(dir, 'token')];
  await writeFile(ca, authority.certificate);
  await writeFile(tokenFile, 'a.b.c');
  const { port } = server.address() as AddressInfo;
  control = ['--control', `https://127.0.0.1:${port}`, '--ca', ca, '--token-file', tokenFile];
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});

after(async () => {
  close();
  await rm(dir, { recursive: true });
});

const run = (...args: readonly string[]) => runCommand(...args, ...control);

test('clusters, agents and locks are listed in tables, and nothing in them moves a terminal', async () => {
  assert.equal(
    (await run('clusters', 'list')).out,
    [
      'NAME        STATE     CONNECTORS              DESCRIPTION',
      'lab         enabled   lab-0123456789 (0.1.0)  to try',
      'production  disabled  -',
      '',
    ].join('\n'),
  );
  const [head, reporter, guest] = (await run('agents', 'list')).out.split('\n');
  assert.match(head ?? '', /^ID {8}STATE {5}OWNER {12}CLUSTERS {3}EXPIRES {15}PURPOSE$/);
  assert.match(reporter ?? '', /^reporter {2}enabled {3}ada@example\.com {2}lab, prod {2}- {21}Re\\u\{1b\}\[2Jports$/);
  assert.match(guest ?? '', /^guest {5}disabled {2}bob@example\.com {2}- {10}2027-01-01T00:00:00Z$/);
  assert.match(
    (await run('lock', 'list')).out,
    /^KIND {3}NAME .*\nagent {2}reporter {2}2026-11-29T16:00:00Z {2}operator {2}-\n$/,
  );
});

test('as JSON each is an object a line, as the gateway gives it', async () => {
  for (const [command, route] of [
    [['clusters', 'list'], 'GET /api/v1/clusters'],
    [['agents', 'list'], 'GET /api/v1/agents'],
    [['lock', 'list'], 'GET /api/v1/locks'],
  ] as const) {
    const { out } = await run(...command, '-o', 'json');
    const items = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual({ items }, ANSWERS[route]);
  }
});

test('a list is read to its last page', async () => {
  const { out } = await run('grants', 'list', '-o', 'json');
  assert.equal(out, '{"id":"g1"}\n{"id":"g3"}\n');
});

test('a lock on what the gateway does not know is said to be one', async () => {
  const { out, exitCode } = await run('lock', 'agent', 'reportr');
  assert.equal(exitCode, 0);
  assert.equal(
    out,
    'agent reportr is locked; exchanges that ended: 0\nnote: the gateway knows no agent reportr now: is the name right?\n',
  );
});

test('a lock needs a name, and a list takes none', async () => {
  assert.deepEqual(await run('lock', 'agent'), {
    out: '',
    err: 'countersign: name the agent: countersign lock agent NAME\n',
    exitCode: 3,
  });
  assert.equal((await run('lock', 'list', 'agent')).exitCode, 3);
});

test('a lock is lifted by its own verb as by --off', async () => {
  for (const verb of [['unlock'], ['lock', '--off']]) {
    const { out, exitCode } = await run(...verb, 'owner', 'ada@example.com');
    assert.deepEqual([out, exitCode], ['owner ada@example.com is no longer locked\n', 0]);
  }
  assert.equal((await run('unlock', 'house', 'x')).exitCode, 3);
});
