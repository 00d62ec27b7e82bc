// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { nodeSupport } from '@countersign/lab';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ order \d+ shipped$/;
const LOG = '/api/v1/namespaces/demo/pods/web/log';

const support = await nodeSupport();

let site: Installation;
let reader: Caller;

suite('on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    site = await startInstallation({
      clusters: {
        lab: {
          node: true,
          policies:
            '@id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");',
        },
      },
      agents: { reader: { clusters: { lab: ['countersign:readers'] } } },
    });
    reader = site.as('reader');
  });
  after(() => site?.stop());

  test('a real pod is read through the gateway', async () => {
    const { code, stdout, stderr } = await reader.kubectl('get', 'pods', '-o', 'wide');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^web +1\/1 +Running .* lab-node /m);
    // The kubelet tells of what it does by itself, behind what it says of the pod.
    await eventually('its events are there', async () => {
      const described = await reader.kubectl('describe', 'pod', 'web');
      assert.equal(described.code, 0, described.stderr);
      return /^Events:\n(?:.*\n)* +Normal +Started +/m.test(described.stdout);
    });
  });

  test('logs come to an end, followed logs come as they are written', async () => {
    const first = await eventually('the pod has written', async () => {
      const { stdout } = await reader.kubectl('logs', 'web', '--tail=1');
      return stdout;
    });
    assert.match(first, LINE);
    const following = await reader.startKubectl('logs', '-f', 'web', '--tail=1');
    await following.stdout.find((line) => LINE.test(line));
    await following.stdout.find((line) => LINE.test(line) && line !== following.stdout.all[0]);
    assert.equal(following.child.exitCode, null);
    await following.kill();
  });

  test('a followed log has its start on record while it runs, and its end when its caller goes', async () => {
    const log = await reader.open('GET', `${LOG}?follow=true&tailLines=1`);
    assert.equal(log.status, 200);
    assert.equal(log.headers['content-type'], 'text/plain');
    await log.lines.find((line) => LINE.test(line));
    const typesOf = async () =>
      (await site.records()).flatMap(({ record }) =>
        'exchange' in record && record.exchange === log.id ? [record.type] : [],
      );
    assert.deepEqual(await typesOf(), ['answer.start']);
    log.close();
    await eventually('its end is on record', async () => (await typesOf()).includes('answer.end'));
  });

  test('what opens a connection into the pod is refused with what to do', async () => {
    for (const [says, ...args] of [
      ['no policy permits it', 'exec', 'web', '--', 'id'],
      ['no policy permits it', 'attach', 'web'],
      ['no policy permits it', 'port-forward', 'web', ':8080'],
    ]) {
      const { code, stderr } = await reader.kubectl(...args);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(String(says)), String(args[0]));
    }
    const proxied = await reader.call('GET', '/api/v1/nodes/lab-node/proxy/pods');
    assert.equal(proxied.status, 403);
    const insecure = await reader.call('GET', `${LOG}?insecureSkipTLSVerifyBackend=true`);
    assert.equal(insecure.status, 400);
  });

  test('the audit log of the API server and ours join', async (context) => {
    const { both, oneSided } = await assertJoined(site, ['lab']);
    assert.ok(both >= 8);
    context.diagnostic(
      `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
    );
  });
});
