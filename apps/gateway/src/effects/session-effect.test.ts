// SPDX-License-Identifier: Apache-2.0
// What is found out of a pod; e2e/session-holds.test.ts asks a real API server and has a kubelet run it.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { laneOf, parseRequest } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { EffectParts } from './ask-dry-run.ts';
import type { Effect } from './effect.ts';
import { EffectJudge } from './effect-judge.ts';
import { sessionEffect } from './session-effect.ts';

const POD = '/api/v1/namespaces/demo/pods/web';
const pod = {
  metadata: { uid: 'u-1', resourceVersion: '7', labels: { app: 'web' } },
  spec: {
    containers: [{ name: 'app', image: 'nginx:1' }],
    ephemeralContainers: [{ name: 'debugger', image: 'busybox:1' }],
  },
  status: { containerStatuses: [{ name: 'app', imageID: 'sha256:aa', restartCount: 1 }] },
};

async function effectOf(query: string, found: object | number = pod): Promise<Effect | Fault> {
  const status = typeof found === 'number' ? found : 200;
  const request = parseRequest('GET', `${POD}/${query}`);
  const exchange = {
    ...{ cluster: 'lab', id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11', headers: {}, request, lane: laneOf(request) },
    ...{
      principal: { id: 'worker' },
      upstreamGroups: [],
      abort: new AbortController(),
      hold: { take: () => undefined },
      allowance: { spendRequests() {} },
    },
    made: { input: { request } },
  } as unknown as Decided;
  const asked: string[] = [];
  const parts = {
    hmac: oneShotHmac(new Uint8Array(32)),
    effects: new EffectJudge(new Uint8Array(32)),
    log: { append: async () => ({ index: 0 }) },
    clusters: {
      request: async (_: string, { target }: { target: string }) => {
        asked.push(target);
        return { status, headers: [], body: Readable.from([Buffer.from(JSON.stringify(found))]) };
      },
    },
  } as unknown as EffectParts;
  const effect = await sessionEffect(parts)(exchange);
  assert.deepEqual(asked, [POD], 'the pod itself is looked at, and nothing else');
  return effect;
}

async function known(query: string, found: object = pod): Promise<Effect> {
  const effect = await effectOf(query, found);
  assert.ok(!(effect instanceof Fault), effect instanceof Fault ? effect.message : '');
  return effect;
}

const digestOf = async (query: string, found?: object) =>
  Buffer.from((await known(query, found)).digest).toString('hex');
const linesOf = ({ changes }: Effect) => changes.map(({ path, after }) => `${path} ${after}`);

test('an approver sees each argument by itself, spelt so that none passes for another, and where it would run', async () => {
  const effect = await known(
    'exec?command=sh&command=-c&command=echo+%22a%0Ab%22%20%E2%80%AE&stdin=true&tty=true&stdout=true',
  );
  assert.deepEqual(linesOf(effect), [
    'command[0] "sh"',
    'command[1] "-c"',
    'command[2] "echo \\"a\\nb\\" \\u{202e}"',
    ...['terminal yes', 'stdin yes', 'container app', 'image nginx:1', 'image id sha256:aa', 'pod uid u-1'],
  ]);
  assert.equal(effect.summary, 'exec pods/exec web in namespace demo; runs 3 words; in container app; with a terminal');
  assert.deepEqual([effect.object, effect.omitted], [{ uid: 'u-1', resourceVersion: '7' }, 0]);
});

test('an argv that is too long to be shown is said to be cut', async () => {
  const long = await known(`exec?command=sh&command=${'x'.repeat(5_000)}&stdout=true`);
  assert.equal(long.omitted, 1);
  assert.match(long.changes[1]?.after ?? '', /^"x{4095}… \(5002 characters\)$/);
  const many = await known(`exec?${Array.from({ length: 9 }, () => `command=${'y'.repeat(3_000)}`).join('&')}`);
  const shown = many.changes.filter(({ path }) => path.startsWith('command'));
  assert.deepEqual([shown.length, many.omitted], [5, 4]);
  assert.ok(linesOf(many).includes('container app'), 'where it would run is always shown');
});

test('another pod, container or image is another effect, and nothing else of the pod is', async () => {
  const query = 'exec?command=id&stdout=true';
  const before = await digestOf(query);
  const status = (imageID: string, restartCount: number) => ({
    containerStatuses: [{ name: 'app', imageID, restartCount }],
  });
  const same = {
    ...pod,
    metadata: { ...pod.metadata, resourceVersion: '8', labels: {} },
    status: status('sha256:aa', 2),
  };
  assert.equal(await digestOf(query, same), before);
  const others = [
    { ...pod, metadata: { ...pod.metadata, uid: 'u-2' } },
    { ...pod, spec: { containers: [{ name: 'app', image: 'nginx:2' }] } },
    { ...pod, spec: { containers: [{ name: 'web', image: 'nginx:1' }] }, status: {} },
    { ...pod, status: status('sha256:bb', 1) },
  ];
  for (const other of others) assert.notEqual(await digestOf(query, other), before);
  assert.notEqual(await digestOf('exec?command=id&container=debugger&stdout=true'), before);
});

test('a container that is named may be any of the pod; one that is not is the only one, or nobody is asked', async () => {
  assert.ok(linesOf(await known('attach?container=debugger&stdout=true')).includes('image busybox:1'));
  const two = { ...pod, spec: { containers: [{ name: 'app' }, { name: 'sidecar' }] } };
  for (const [query, found] of [
    ['exec?command=id', two],
    ['exec?command=id&container=absent', pod],
    ['exec?command=id', { metadata: pod.metadata }],
    ['exec?command=id', { ...pod, metadata: {} }],
    ['exec?command=id', 403],
  ] as const) {
    const effect = await effectOf(query, found);
    assert.ok(effect instanceof Fault && effect.code === 'ERR_EFFECT_UNKNOWN', query);
  }
  const absent = await effectOf('exec?command=id', 404);
  assert.ok(absent instanceof Fault && absent.code === 'ERR_OBJECT_ABSENT');
});

test('a port-forward is of a pod, and says which ports it names', async () => {
  const named = await known('portforward?ports=8080&ports=9090');
  assert.deepEqual(linesOf(named), ['ports 8080, 9090', 'pod uid u-1']);
  const unnamed = await known('portforward');
  assert.match(linesOf(unnamed)[0] ?? '', /^ports those that policy permits/);
  assert.deepEqual(named.digest, unnamed.digest, 'which ports stands in the request');
});
