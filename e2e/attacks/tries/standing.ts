// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Answer, OpenAnswer } from '../../installation/call.ts';
import { assertRefused, type Field } from '../field.ts';
import { type Try, triesOf } from '../try.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const WATCH = `${CONFIG_MAPS}?watch=true`;
const WITHIN_MS = 1_000;
const GIVE_UP_MS = 5_000;
/** Long enough to open a watch with it, on a busy machine too. */
const TOKEN_SECONDS = 10;

/** A watch that has said something. */
async function openWatch(field: Field, agent: string, token?: string): Promise<OpenAnswer> {
  const watch = await field.site.as(agent).open('GET', WATCH, token === undefined ? {} : { token });
  assert.equal(watch.status, 200);
  await watch.lines.find(() => true);
  return watch;
}

/** Cut, not ended, within a second of `since`. */
async function assertCut(field: Field, watch: OpenAnswer, since: number): Promise<void> {
  const timer = setTimeout(() => watch.close(), GIVE_UP_MS + Math.max(0, since - Date.now()));
  assert.equal(await watch.ended, false);
  clearTimeout(timer);
  const took = (await field.timeOf({ end: watch.id })) - since;
  assert.ok(took < WITHIN_MS, `${took} ms`);
}

const revocation = triesOf(25, {
  'a watch whose agent is locked': async (field) => {
    const watch = await openWatch(field, 'expendable');
    const locked = await field.askControl('POST', '/locks', { body: { kind: 'agent', target: 'expendable' } });
    assert.equal(locked.status, 201, locked.text);
    try {
      await assertCut(field, watch, await field.timeOf('lock'));
      assertRefused(await field.site.as('expendable').call('GET', CONFIG_MAPS), 403, 'ERR_AGENT_LOCKED');
    } finally {
      await field.askControl('DELETE', '/locks/agent/expendable');
    }
  },
  'a watch whose token expires': async (field) => {
    const exp = Math.ceil(Date.now() / 1_000) + TOKEN_SECONDS;
    const watch = await openWatch(field, 'bot', await field.site.provider.forge('bot', () => ({ claims: { exp } })));
    await assertCut(field, watch, exp * 1_000);
  },
});

/** An answer without what must differ from one to the next: its id, and what its own path says. */
function comparable({ status, text, headers, id }: Answer, path = '') {
  const { date: _date, 'audit-id': _id, 'content-length': _length, ...rest } = headers;
  const words = path.split('/').filter((word) => word.length > 1);
  return {
    status,
    text: words.reduce((said, word) => said.replaceAll(word, '*'), text.replaceAll(id, 'ID')),
    headers: rest,
  };
}

async function assertAlike(field: Field, agent: string, method: string, paths: [string, string], body?: object) {
  const caller = field.site.as(agent);
  const contentType = `application/${method === 'PATCH' ? 'merge-patch+' : ''}json`;
  const [first, second] = await Promise.all(
    paths.map(async (path) => comparable(await caller.call(method, path, { body, contentType }), path)),
  );
  assert.deepEqual(first, second, `${method} ${paths.join(' and ')}`);
  assert.equal(first?.status, 403);
}

const oracle = triesOf(35, {
  'what is there and what is not, in a namespace that is closed': async (field) => {
    const accounts = '/api/v1/namespaces/kube-system/serviceaccounts';
    for (const method of ['GET', 'DELETE']) {
      await assertAlike(field, 'narrow', method, [`${accounts}/default`, `${accounts}/absents`]);
    }
  },
  'what has a finalizer and what is not there, by a patch that would take it': async (field) => {
    const { admin } = field.site.lab('lab');
    const secrets = '/api/v1/namespaces/kube-system/secrets';
    const metadata = { name: 'kept', finalizers: ['attacks.example.com/hold'] };
    await admin.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, namespace: 'kube-system' } }]);
    const body = { metadata: { finalizers: null } };
    await assertAlike(field, 'narrow', 'PATCH', [`${secrets}/kept`, `${secrets}/none`], body);
  },
  'a namespace that is there and one that is not': (field) =>
    assertAlike(field, 'narrow', 'GET', [
      '/api/v1/namespaces/kube-system/secrets/x',
      '/api/v1/namespaces/nowhere/secrets/x',
    ]),
  'a refused request is refused before the API server is asked': async (field) => {
    const path = '/api/v1/namespaces/kube-system/secrets/bootstrap';
    const answer = await field.nothingSent(() => field.site.as('narrow').call('GET', path));
    assertRefused(answer, 403, 'ERR_POLICY_DENIED');
  },
  'a cluster of others and one that is not there': async (field) => {
    const caller = (cluster: string) => field.site.as('bot', { cluster, kubectl: field.site.lab('lab').kubectl });
    const [other, none] = await Promise.all(
      ['other', 'nowhere'].map(async (cluster) => comparable(await caller(cluster).call('GET', '/version'))),
    );
    assert.deepEqual(other, none);
    assert.equal(other?.status, 403);
  },
});

const scope = triesOf(19, {
  'what belongs to no namespace, by an agent that has one': async (field) => {
    for (const path of [
      '/api/v1/nodes',
      '/api/v1/namespaces',
      '/apis/attacks.example.com/v1/crowns',
      '/api/v1/configmaps',
      '/api/v1/configmaps?fieldSelector=metadata.namespace%3Ddemo',
    ]) {
      const answer = await field.nothingSent(() => field.site.as('narrow').call('GET', path));
      assertRefused(answer, 403, 'ERR_POLICY_DENIED');
    }
  },
});

export const standingTries: readonly Try[] = [...revocation, ...oracle, ...scope];
