// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { HeaderLines, UpgradeResponse } from '@countersign/gateway';
import { type Lab, nodeSupport, startLab } from '@countersign/lab';
import { AS_DEMO, ask, openTunnelFixture, readText, type TunnelFixture, until } from './tunnel-fixture.ts';
import { encodeChannelFrame, readChannelFrames } from './websocket-frames.ts';

const support = await nodeSupport();
const noNode = 'unavailable' in support ? support.unavailable : undefined;
if (noNode !== undefined) console.log(`not run, because no node can run here (${noNode}): exec through the tunnel`);

describe('exec through the tunnel', { skip: noNode !== undefined }, () => {
  let lab: Lab;
  let fixture: TunnelFixture;
  before(async () => {
    lab = await startLab({ name: 'exec', node: true });
    await lab.admin.apply([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'exec', namespace: 'demo' },
        rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'exec', namespace: 'demo' },
        subjects: [{ kind: 'Group', name: 'countersign:demo', apiGroup: 'rbac.authorization.k8s.io' }],
        roleRef: { kind: 'Role', name: 'exec', apiGroup: 'rbac.authorization.k8s.io' },
      },
    ]);
    fixture = await openTunnelFixture(['lab']);
    await fixture.connect({ cluster: 'lab', kubeconfig: lab.connectorKubeconfig });
    await fixture.event(({ type }) => type === 'connected');
  });
  after(async () => {
    await fixture?.close();
    await lab?.stop();
  });

  function exec(
    command: readonly string[],
    more: { pod?: string; headers?: HeaderLines } = {},
  ): Promise<UpgradeResponse> {
    const query = command.map((word) => `command=${encodeURIComponent(word)}`).join('&');
    return fixture.tunnels.upgrade('lab', {
      method: 'GET',
      target: `/api/v1/namespaces/demo/pods/${more.pod ?? lab.seeded.pod}/exec?${query}&stdin=true&stdout=true&stderr=true`,
      headers: [
        ...(more.headers ?? AS_EXEC),
        ['sec-websocket-version', '13'],
        ['sec-websocket-key', KEY],
        ['sec-websocket-protocol', 'v5.channel.k8s.io'],
      ],
      protocol: 'websocket',
      signal: new AbortController().signal,
    });
  }

  test('a real exec: input, both outputs and the exit code come through', async () => {
    const answer = await exec(['sh', '-c', 'read line; echo "got $line"; echo problem >&2; exit 7']);
    const stream = await switched(answer);
    const accept = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const headers = new Map(answer.headers);
    assert.equal(headers.get('sec-websocket-accept'), accept);
    assert.equal(headers.get('sec-websocket-protocol'), 'v5.channel.k8s.io');
    stream.write(encodeChannelFrame(0, Buffer.from('hello\n')));
    const channels = ['', '', '', ''];
    for await (const { channel, data } of readChannelFrames(stream)) channels[channel] += data.toString();
    assert.equal(channels[1], 'got hello\n');
    assert.equal(channels[2], 'problem\n');
    const status = JSON.parse(channels[3] ?? '');
    assert.equal(status.reason, 'NonZeroExitCode');
    assert.deepEqual(status.details.causes, [{ reason: 'ExitCode', message: '7' }]);
  });

  test('ten megabytes of output come through whole, at the pace of its reader', async () => {
    const answer = await exec(['sh', '-c', 'dd if=/dev/zero bs=1024 count=10240 2>/dev/null']);
    const stream = await switched(answer);
    let bytes = 0;
    for await (const { channel, data } of readChannelFrames(stream)) if (channel === 1) bytes += data.length;
    assert.equal(bytes, 10_485_760);
  });

  test("a refused upgrade is upstream's answer with its body", async () => {
    const answer = await exec(['true'], { pod: 'absent' });
    assert.ok(!answer.switched);
    assert.equal(answer.status, 404);
    assert.equal(JSON.parse(await readText(answer.body)).reason, 'NotFound');
    const forbidden = await exec(['true'], { headers: [['impersonate-user', 'countersign:agent:demo']] });
    assert.ok(!forbidden.switched);
    assert.equal(forbidden.status, 403);
    assert.equal(JSON.parse(await readText(forbidden.body)).reason, 'Forbidden');
  });

  test('cancelling ends the process in the pod', async () => {
    const processes = async () => {
      const listed = await exec(['ps']);
      const stream = await switched(listed);
      let text = '';
      for await (const { channel, data } of readChannelFrames(stream)) if (channel === 1) text += data.toString();
      return text;
    };
    // `cat` lives as long as its standard input.
    const answer = await exec(['cat', '-', '/nonexistent-marker']);
    const stream = await switched(answer);
    await until('cat runs', async () => (await processes()).includes('nonexistent-marker'));
    stream.destroy();
    await until('cat has ended', async () => !(await processes()).includes('nonexistent-marker'));
  });

  for (const [name, websockets] of [
    ['WebSocket', 'true'],
    ['SPDY', 'false'],
  ] as const) {
    test(`a stock kubectl execs through it over ${name}`, async () => {
      const door = await openDoor(fixture);
      try {
        const run = promisify(execFile)(
          lab.kubectl,
          ['--server', door.url, '-n', 'demo', 'exec', '-i', lab.seeded.pod ?? '', '--', 'sh', '-c', 'cat; exit 3'],
          { env: { ...process.env, KUBECONFIG: '/dev/null', KUBECTL_REMOTE_COMMAND_WEBSOCKETS: websockets } },
        );
        run.child.stdin?.end('through the tunnel\n');
        const failure = await run.then(
          () => assert.fail('exit code 3 was lost'),
          (error: { code: number; stdout: string }) => error,
        );
        assert.equal(failure.stdout, 'through the tunnel\n');
        assert.equal(failure.code, 3);
        assert.deepEqual(door.upgrades, [name === 'SPDY' ? 'SPDY/3.1' : 'websocket']);
      } finally {
        door.close();
      }
    });
  }
});

async function switched(answer: UpgradeResponse): Promise<Duplex> {
  if (answer.switched) return answer.stream;
  return assert.fail(`${answer.status}: ${await readText(answer.body)}`);
}

/** Without Accept: the API server answers 406 to an exec that accepts JSON only. */
const AS_EXEC = AS_DEMO.filter(([name]) => name !== 'accept');
const KEY = randomBytes(16).toString('base64');

/** A plain port on loopback that passes everything to the tunnel as the demonstration agent, so that kubectl can try it. */
async function openDoor(fixture: TunnelFixture): Promise<{ url: string; upgrades: string[]; close(): void }> {
  const upgrades: string[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await ask(fixture.tunnels, 'lab', request.url ?? '/');
    response.writeHead(answer.status, answer.headers.flat());
    answer.body.pipe(response);
  };
  const passUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const protocol = request.headers.upgrade?.toLowerCase() === 'websocket' ? 'websocket' : 'SPDY/3.1';
    upgrades.push(protocol);
    const answer = await fixture.tunnels.upgrade('lab', {
      method: request.method === 'POST' ? 'POST' : 'GET',
      target: request.url ?? '/',
      headers: [...AS_EXEC, ...handshakeHeaders(request)],
      protocol,
      signal: new AbortController().signal,
    });
    assert.ok(answer.switched, 'the upgrade was refused');
    const lines = answer.headers.map(([name, value]) => `${name}: ${value}`);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n${lines.join('\r\n')}\r\n\r\n`,
    );
    if (head.length > 0) answer.stream.write(head);
    socket.on('error', () => {});
    socket.pipe(answer.stream).pipe(socket);
  };
  const server = createServer((request, response) => void pass(request, response));
  server.on('upgrade', (request, socket, head) => void passUpgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, upgrades, close };
}

function handshakeHeaders(request: IncomingMessage): [string, string][] {
  const passed: [string, string][] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] ?? '').toLowerCase();
    if (name.startsWith('sec-websocket-') || name === 'x-stream-protocol-version') {
      passed.push([name, request.rawHeaders[i + 1] ?? '']);
    }
  }
  return passed;
}
