// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { clientPackageDir, clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { Matrix } from './clients/matrix.ts';
import { GROUP, givenPods, startNodeInstallation } from './clients/node-installation.ts';
import { SESSIONS } from './clients/rows/sessions.ts';
import type { Programs } from './clients/side.ts';
import { skipOf } from './clients/skip-of.ts';
import { runKubectl } from './exec/run-exec.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import type { Installation } from './installation.ts';
import { compareChannels } from './port-forward/compare-channels.ts';
import { ECHO, runEchoPod } from './port-forward/echo-pod.ts';
import { echoed, forwardAs } from './port-forward/forward.ts';

const AGENT = 'runner';
const MEGABYTE = 1_048_576;

const support = await nodeSupport();

let site: Installation;
let matrix: Matrix;
let programs: Programs;

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function allOf<T extends Leaf['type']>(type: T): Promise<Of<T>[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record): record is Of<T> => record.type === type);
}

suite('a cluster that speaks SPDY alone', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    site = await startNodeInstallation({ webSockets: false });
    matrix = await Matrix.open(site, AGENT, GROUP);
    const { kubectl } = await clientPrograms(clientPackageDir(), labCacheDir());
    programs = { kubectl: [kubectl] };
    await givenPods(site, matrix, 'spdy');
    await runEchoPod(site.lab('lab'));
  });
  after(() => site?.stop());

  for (const env of [{}, { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }]) {
    test(`exec by a kubectl that tries ${Object.keys(env).length > 0 ? 'SPDY alone' : 'WebSocket first'}`, async () => {
      const data = randomBytes(MEGABYTE);
      const args = ['exec', '-i', 'web', '--', 'sh', '-c', 'cat; echo problem >&2; exit 7'];
      const { code, raw, stderr } = await runKubectl(site.as(AGENT), args, { env, stdin: data });
      assert.equal(code, 7, stderr);
      assert.equal(Buffer.compare(raw, data), 0);
      assert.match(stderr, /^problem\n/);
      const end = (await allOf('stream.end')).at(-1);
      assert.deepEqual([end?.end, end?.exitCode, end?.bytesUp], ['complete', 7, data.length]);
      const second = (await allOf('upkeep')).at(-1);
      assert.deepEqual([second?.purpose, second?.parent, second?.status], ['second-attempt', end?.exchange, 101]);
    });
  }

  test('what the cluster refuses is told in its own words, after one attempt', async () => {
    const before = (await allOf('upkeep')).length;
    const { code, stderr } = await runKubectl(site.as(AGENT), ['exec', 'absent', '--', 'true']);
    assert.equal(code, 1);
    assert.match(stderr, /pods "absent" not found/);
    assert.equal((await allOf('upkeep')).length, before);
  });

  test('port-forward', async () => {
    const forward = await forwardAs(site.as(AGENT), [ECHO]);
    const data = [randomBytes(MEGABYTE), randomBytes(1)];
    const got = await Promise.all(data.map((bytes) => echoed(forward.ports[0] ?? 0, bytes)));
    for (const [index, bytes] of data.entries()) assert.equal(Buffer.compare(got[index] ?? Buffer.alloc(0), bytes), 0);
    await forward.process.stop();
    const end = await eventually('its end is on record', async () =>
      (await allOf('stream.end')).find(({ ports }) => ports),
    );
    assert.deepEqual(end.ports, [{ port: ECHO, connections: 2, bytesUp: MEGABYTE + 1, bytesDown: MEGABYTE + 1 }]);
    assert.equal((await allOf('upkeep')).at(-1)?.parent, end.exchange);
  });

  test('port-forward in version 4 over plain WebSocket: byte for byte as direct', async () => {
    await compareChannels(site, AGENT, GROUP, MEGABYTE);
    const start = (await allOf('stream.start')).at(-1);
    assert.equal(start?.protocol, 'v4.channel.k8s.io');
    const end = await eventually('its end is on record', async () =>
      (await allOf('stream.end')).find(({ stream }) => stream === start?.stream),
    );
    const echo = end.ports?.find(({ port }) => port === ECHO);
    assert.deepEqual(echo, { port: ECHO, connections: 1, bytesUp: MEGABYTE, bytesDown: MEGABYTE });
    assert.equal((await allOf('upkeep')).at(-1)?.parent, end.exchange);
  });

  for (const row of SESSIONS) {
    test(`as direct: ${row.name}`, skipOf(row), () => matrix.check(row.program, row, 'spdy', programs, false));
  }

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
