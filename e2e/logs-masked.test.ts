// SPDX-License-Identifier: Apache-2.0
// What pods on a real kubelet print, as an agent may see it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { BUSYBOX_IMAGE, nodeSupport } from '@countersign/lab';
import { canaryIn, PLAIN_LINES, SECRET_LINES } from './fixtures/log-canaries.ts';
import type { Caller } from './installation/caller.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const POLICIES = `
@id("reader-reads-demo")
permit (principal == Agent::"reader", action in Action::"read", resource in Namespace::"demo");

@id("owner-sees-demo")
@reveal
permit (principal == Agent::"owner", action in Action::"read", resource in Namespace::"demo");
`;
const LINES = [...PLAIN_LINES, ...SECRET_LINES, ...PLAIN_LINES];
const TEXT = `${LINES.join('\n')}\n`;
const LOG = '/api/v1/namespaces/demo/pods/talker/log';
/** A mask, or what base64 of one begins with. */
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}|bWFza2VkLXYxL/;

const support = await nodeSupport();

let site: Installation;
let reader: Caller;

/** Prints the canaries and runs `then`. */
function pod(name: string, then: string) {
  const command = ['/bin/sh', '-c', `cat <<'END'\n${TEXT}END\n${then}`];
  const container = { name: 'main', image: BUSYBOX_IMAGE, imagePullPolicy: 'IfNotPresent', command };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'demo' }, spec: { containers: [container] } };
}

async function direct(...args: readonly string[]): Promise<string> {
  const { kubectl, adminKubeconfig } = site.lab('lab');
  const { stdout } = await promisify(execFile)(kubectl, ['--kubeconfig', adminKubeconfig, '-n', 'demo', ...args]);
  return stdout;
}

async function logs(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await reader.kubectl('logs', ...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

suite('logs of a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const clusters = { lab: ['countersign:readers'] };
    site = await startInstallation({
      clusters: { lab: { node: true, policies: POLICIES } },
      agents: { reader: { clusters }, owner: { clusters } },
    });
    reader = site.as('reader');
    const slowly = `while true; do printf 'token ghp_Zq7xK2vR9w'; sleep 1; echo Wm4tB8nLpF3dH6gJ1kS5cV0bNa; done`;
    const { admin } = site.lab('lab');
    await admin.apply([pod('talker', 'sleep 3600'), pod('failing', 'sleep 1; exit 3'), pod('slow', slowly)]);
    await eventually('the pods have written', async () => {
      const written = await Promise.all(['talker', 'slow'].map((name) => direct('logs', name).catch(() => '')));
      return written.every((text) => text.startsWith(TEXT));
    });
  });
  after(() => site?.stop());

  test('no canary comes through, and everything else does', async () => {
    const plain = await direct('logs', 'talker');
    assert.notEqual(canaryIn(plain), undefined, 'the pod prints canaries');
    const masked = await logs('talker');
    assert.equal(canaryIn(masked), undefined);
    const lines = masked.split('\n');
    assert.equal(lines.length, LINES.length);
    for (const [index, line] of lines.entries()) {
      if (PLAIN_LINES.includes(LINES[index] as string)) assert.equal(line, LINES[index]);
      else assert.match(line, MASK, `line ${index}`);
    }
  });

  test('with times, without the first lines, since a time, of the run before', async () => {
    const timed = await logs('talker', '--timestamps');
    assert.equal(canaryIn(timed), undefined);
    assert.match(timed, /^\d{4}-\d\d-\d\dT[\d:.]+Z listening on 0\.0\.0\.0:8080$/m);
    for (let tail = 1; tail <= LINES.length; tail += 1) {
      assert.equal(canaryIn(await (await reader.call('GET', `${LOG}?tailLines=${tail}`)).text), undefined, `${tail}`);
    }
    assert.equal(canaryIn(await logs('talker', '--since=1h', '--tail=12')), undefined);
    // Between two runs of a container the kubelet says that it has no log.
    await eventually('the failing pod has a run before', async () => {
      const { stdout } = await reader.kubectl('logs', 'failing', '--previous');
      assert.equal(canaryIn(stdout), undefined);
      return MASK.test(stdout);
    });
  });

  test('cut off anywhere by a limit of bytes', async () => {
    for (let bytes = 1; bytes < TEXT.length; bytes += 23) {
      const { status, text } = await reader.call('GET', `${LOG}?limitBytes=${bytes}`);
      assert.equal(status, 200);
      assert.equal(canaryIn(text), undefined, `${bytes} bytes`);
    }
    assert.equal(canaryIn(await logs('talker', '--limit-bytes=400')), undefined);
  });

  test('followed, also a credential that is written half now and half later', async () => {
    const following = await reader.startKubectl('logs', '-f', 'slow');
    await following.stdout.find((line) => /^token masked-v1-key-/.test(line));
    const seen = following.stdout.all.length;
    await eventually('more lines have come', () => following.stdout.all.length > seen + 1);
    assert.equal(canaryIn(following.stdout.all.join('\n')), undefined);
    assert.equal(following.child.exitCode, null);
    await following.kill();
  });

  test('a permit that reveals shows the log as it is', async () => {
    const { text } = await site.as('owner').call('GET', LOG);
    assert.equal(text, TEXT);
  });

  test('the record says which rules masked how many values', async () => {
    const { id } = await reader.call('GET', LOG);
    const record = (await site.records())
      .map(({ record: found }) => found)
      .find((found) => found.type === 'answer' && found.exchange === id);
    const counts = Object.fromEntries(
      (record?.type === 'answer' ? record.masked : []).map(({ rule, count }) => [rule, count]),
    );
    assert.ok((counts['named-value'] ?? 0) >= 4, JSON.stringify(counts));
    assert.equal(counts['github-token'], 2);
    assert.ok((counts['private-key'] ?? 0) >= 1 && counts.jwt === 1 && counts['url-password'] === 1);
  });
});
