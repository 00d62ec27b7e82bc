// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExchangeIndex } from './exchange-index.ts';

test('a caller that chooses long names does not choose how much memory the view takes', () => {
  const index = new ExchangeIndex(() => new Date(0));
  const exchange = '4f4d2a0e-7f5e-4c55-9d1c-4f6f1c1a2b3c';
  const name = 'n'.repeat(60_000);
  const request = {
    kind: 'resource' as const,
    lane: 'read' as const,
    verb: 'get',
    group: '',
    version: 'v1',
    namespace: 'demo',
    resource: 'pods',
    subresource: '',
    name,
    dryRun: false,
  };
  index.add(
    [
      {
        type: 'refusal',
        exchange,
        cluster: 'lab',
        request,
        verdict: 'denied',
        fault: 'ERR_NO_LANE',
        origin: 'policy',
        status: 403,
      },
    ],
    7,
  );
  const found = index.get(exchange);
  assert.deepEqual(found?.request, { ...request, name: `${name.slice(0, 511)}…` });
});
