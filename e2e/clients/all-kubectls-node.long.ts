// SPDX-License-Identifier: Apache-2.0
// What matrix-node.test.ts and port-forward.test.ts run with the newest and the oldest kubectl, with all that are between.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { assertJoined } from '../installation/assert-joined.ts';
import type { Installation } from '../installation.ts';
import { ECHO, GREETING, runEchoPod } from '../port-forward/echo-pod.ts';
import { echoed, forwardAs, greeting } from '../port-forward/forward.ts';
import { installPackages, NEWER } from './install-packages.ts';
import { Matrix } from './matrix.ts';
import { GROUP, givenPods, startNodeInstallation } from './node-installation.ts';
import { NODE } from './rows/node.ts';
import { SESSIONS } from './rows/sessions.ts';

const support = await nodeSupport();

suite('on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  let site: Installation;
  let matrix: Matrix;
  let dirs: ReadonlyMap<string, string>;

  before(async () => {
    dirs = await installPackages(Object.values(NEWER));
    site = await startNodeInstallation();
    matrix = await Matrix.open(site, 'runner', GROUP);
    await runEchoPod(site.lab('lab'));
  });
  after(() => site?.stop());

  for (const [age, name] of Object.entries(NEWER)) {
    suite(`kubectl ${age}`, () => {
      let kubectl: string;
      before(async () => {
        kubectl = (await clientPrograms(dirs.get(name) ?? name, labCacheDir())).kubectl;
        await givenPods(site, matrix, age);
      });

      for (const row of [...NODE, ...SESSIONS]) {
        test(row.name, () => matrix.check(`kubectl ${age}`, row, age, { kubectl: [kubectl] }, false));
      }

      for (const isWebSocket of [true, false]) {
        test(`port-forward over ${isWebSocket ? 'WebSocket' : 'SPDY'}`, async () => {
          const env = { KUBECTL_PORT_FORWARD_WEBSOCKETS: `${isWebSocket}` };
          const forward = await forwardAs(site.as('runner', { kubectl }), [ECHO, GREETING], env);
          const [echo = 0, other = 0] = forward.ports;
          const data = randomBytes(1_048_576);
          assert.equal(Buffer.compare(await echoed(echo, data), data), 0);
          assert.equal(await greeting(other), 'hello\n');
          await forward.process.stop();
        });
      }
    });
  }

  test('the audit log of the API server and ours join', async () => {
    const { both } = await assertJoined(site, ['lab']);
    assert.ok(both > 100, `${both}`);
  });
});
