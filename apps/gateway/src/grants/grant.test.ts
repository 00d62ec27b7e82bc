// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, coversBarLabels, type GrantScope, meets } from './grant.ts';
import { grantOf, inputOf, REQUESTER, signed, wantedBy } from './grant-for-tests.ts';

const scope = (more: Partial<GrantScope>): GrantScope => ({
  verbs: ['delete'],
  resources: ['configmaps'],
  namespaces: ['demo'],
  ...more,
});

for (const [method, target, given, expected] of [
  ['DELETE', 'configmaps/a', {}, true],
  ['GET', 'configmaps/a', {}, false],
  ['DELETE', 'secrets/a', {}, false],
  ['DELETE', 'configmaps', {}, false],
  ['DELETE', 'configmaps', { verbs: ['deletecollection'] }, true],
  ['DELETE', 'configmaps', { verbs: ['deletecollection'], names: ['a'] }, false],
  ['DELETE', '/api/v1/namespaces/prod/configmaps/a', {}, false],
  ['DELETE', '/api/v1/namespaces/prod/configmaps/a', { namespaces: [''] }, false],
  ['DELETE', 'configmaps/a', { names: ['a', 'b'] }, true],
  ['DELETE', 'configmaps/c', { names: ['a', 'b'] }, false],
  ['DELETE', '/apis/apps/v1/namespaces/demo/deployments/a', { resources: ['deployments'] }, false],
  ['DELETE', '/apis/apps/v1/namespaces/demo/deployments/a', { resources: ['deployments.apps'] }, true],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/demo/deployments/a/scale',
    { verbs: ['patch'], resources: ['deployments.apps'] },
    false,
  ],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/demo/deployments/a/scale',
    { verbs: ['patch'], resources: ['deployments.apps/scale'] },
    true,
  ],
  ['GET', 'pods/web/exec?command=sh&stdout=true', { verbs: ['exec'], resources: ['pods'] }, true],
  ['POST', 'pods/web/exec?command=sh&stdout=true', { verbs: ['exec'], resources: ['pods/exec'], names: ['web'] }, true],
  [
    'GET',
    'pods/web/exec?command=sh&stdout=true',
    { verbs: ['get', 'create'], resources: ['pods', 'pods/exec'] },
    false,
  ],
  ['PATCH', 'pods/web/ephemeralcontainers', { verbs: ['patch'], resources: ['pods/ephemeralcontainers'] }, false],
  [
    'PATCH',
    'pods/web/ephemeralcontainers',
    { verbs: ['patch', 'ephemeralcontainers'], resources: ['pods/ephemeralcontainers'] },
    true,
  ],
  ['GET', 'pods/web/attach?stdout=true', { verbs: ['exec'], resources: ['pods'] }, false],
  ['DELETE', '/api/v1/nodes/a', { resources: ['nodes'] }, false],
  ['DELETE', '/api/v1/nodes/a', { resources: ['nodes'], namespaces: [''] }, true],
] as const) {
  test(`${method} ${target} is ${expected ? '' : 'not '}in ${JSON.stringify(given)}`, () => {
    assert.equal(covers(grantOf({ scope: scope(given) }), inputOf(method, target)), expected);
  });
}

test('a grant for labels is for what is known to have all of them, before and after', () => {
  const grant = grantOf({ scope: scope({ labels: ['app=web', 'tier='] }) });
  const delete_ = (labels?: readonly (readonly [string, string])[]) =>
    inputOf('DELETE', 'configmaps/a', { labels: labels?.map(([key, value]) => ({ key, value })) });
  for (const [labels, expected] of [
    [undefined, false],
    [[], false],
    [[['app', 'web']], false],
    [
      [
        ['app', 'web'],
        ['tier', 'x'],
      ],
      false,
    ],
    [
      [
        ['app', 'web'],
        ['tier', ''],
      ],
      true,
    ],
    [
      [
        ['app', 'web'],
        ['tier', ''],
        ['more', 'x'],
      ],
      true,
    ],
    [
      [
        ['app=web', ''],
        ['tier', ''],
      ],
      false,
    ],
  ] as const)
    assert.equal(covers(grant, delete_(labels)), expected, JSON.stringify(labels));
  assert.equal(coversBarLabels(grant, delete_()), true);
  assert.equal(
    covers(grant, {
      ...delete_([
        ['app', 'web'],
        ['tier', ''],
      ]),
      cluster: 'other',
    }),
    false,
  );
  assert.notEqual(grant.digest, grantOf({ scope: scope({ labels: ['app=web'] }) }).digest);
});

test('a path that is no resource is in no scope', () => {
  assert.equal(
    covers(grantOf({ scope: scope({ verbs: ['non-resource', 'get'] }) }), inputOf('GET', '/version')),
    false,
  );
});

test('it is good for who asked, acting for whom they acted for, on the cluster that they named, and for nobody else', () => {
  const input = inputOf('DELETE', 'configmaps/a');
  const as = (more: Partial<typeof input.principal>) => ({ ...input, principal: { ...input.principal, ...more } });
  const somebody = { issuer: REQUESTER.issuer, subject: 'ann' };
  assert.equal(covers(grantOf(), input), true);
  assert.equal(covers(grantOf(), { ...input, cluster: 'prod' }), false);
  for (const other of [
    { id: 'other' },
    { subject: 'other' },
    { issuer: 'https://other.example' },
    { kind: 'human' as const },
    { act: [somebody] },
  ])
    assert.equal(covers(grantOf(), as(other)), false, JSON.stringify(other));
  const acting = grantOf({ requester: { ...REQUESTER, act: [somebody] } });
  assert.deepEqual([covers(acting, as({ act: [somebody] })), covers(acting, input)], [true, false]);
});

test('the name of what is created stands in its body', () => {
  const grant = grantOf({ scope: scope({ verbs: ['create'], names: ['a'] }) });
  const create = (name: string) => inputOf('POST', 'configmaps', { object: { name } as never });
  assert.deepEqual(
    [covers(grant, create('a')), covers(grant, create('b')), covers(grant, create(''))],
    [true, false, false],
  );
});

test('its signatures are counted for what each rule wants: enough distinct people of its group, none who asked or owns', () => {
  const both = ['platform', 'security'];
  for (const [signatures, wanted, expected] of [
    [[signed('ann')], [wantedBy()], true],
    [[], [wantedBy()], false],
    [[signed('ann')], [wantedBy('security')], false],
    [[signed('ann')], [wantedBy('platform', 2)], false],
    [[signed('ann'), signed('bob')], [wantedBy('platform', 2)], true],
    [[signed('ann'), signed('ann')], [wantedBy('platform', 2)], false],
    [[signed('ann', both)], [wantedBy(), wantedBy('security')], false],
    [[signed('ann', both), signed('bob')], [wantedBy(), wantedBy('security')], true],
    [[signed(REQUESTER.subject)], [wantedBy()], false],
    [[signed('owner')], [wantedBy()], false],
  ] as const)
    assert.equal(
      meets(grantOf({ signatures }), wanted, REQUESTER.owner),
      expected,
      JSON.stringify([signatures, wanted]),
    );
});

test('whoever asked for an agent is none of those who signed, and what is signed says who that was', () => {
  const { issuer, subject } = signed('ann').by;
  const grant = grantOf({ askedBy: { issuer, subject } });
  assert.equal(meets(grant, [wantedBy()], REQUESTER.owner), false);
  assert.equal(meets({ ...grant, signatures: [signed('bob')] }, [wantedBy()], REQUESTER.owner), true);
  assert.notEqual(grant.digest, grantOf().digest);
});
