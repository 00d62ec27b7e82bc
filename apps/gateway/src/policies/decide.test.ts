// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, noFacts, type PolicyInput, releasePolicySet } from '@countersign/policy';
import fc from 'fast-check';
import { agent, engine, inputOf, labSet, spell } from './policy-fixture.ts';

const getPod = inputOf('GET /api/v1/namespaces/a/pods/x');
const permit = '@id("open") permit (principal, action, resource);';
const reveal = '@id("clear") @reveal permit (principal, action == Action::"get", resource);';
const forbid = '@id("shut") forbid (principal, action == Action::"get", resource);';
const held =
  '@id("held") @approval("operators") @quorum("2") @ttl("5m") @reason("why") forbid (principal, action, resource);';
const heldToo = '@id("held-too") @approval("owners") forbid (principal, action == Action::"get", resource);';
const heldElsewhere = '@id("elsewhere") @approval("others") forbid (principal, action == Action::"delete", resource);';
const overflow = 'context.time.toDate().offset(duration("9223372036854775807ms")) > context.time';

const table: [name: string, policies: string, answer: string][] = [
  ['no policy at all', '// nothing', 'deny'],
  ['a permit', permit, 'allow lab/open'],
  ['a permit for something else', 'permit (principal, action == Action::"list", resource);', 'deny'],
  ['a rule without an id', 'permit (principal, action, resource);', 'allow lab/own.cedar#1'],
  ['a forbid', `${permit} ${forbid}`, 'deny lab/shut'],
  ['a forbid alone', forbid, 'deny lab/shut'],
  ['an approval and a permit', `${permit} ${held}`, 'ask lab/open lab/held'],
  ['an approval without a permit', held, 'deny'],
  ['an approval and a forbid', `${permit} ${held} ${forbid}`, 'deny lab/shut'],
  ['two approvals', `${permit} ${held} ${heldToo}`, 'ask lab/open lab/held lab/held-too'],
  ['an approval for something else', `${permit} ${heldElsewhere}`, 'allow lab/open'],
  [
    'a forbid that errors',
    `${permit} @id("e") forbid (principal, action, resource) when { ${overflow} };`,
    'undecided lab/e',
  ],
  [
    'a forbid that errors beside one that matches',
    `${permit} ${forbid} @id("e") forbid (principal, action, resource) when { ${overflow} };`,
    'undecided lab/e',
  ],
  [
    'a permit that errors beside one that matches',
    `${permit} @id("e") permit (principal, action, resource) when { ${overflow} };`,
    'undecided lab/e',
  ],
  [
    'an approval that errors',
    `${permit} @id("e") @approval("g") forbid (principal, action, resource) when { ${overflow} };`,
    'undecided lab/e',
  ],
  [
    'an approval that errors where nothing permits',
    `@id("e") @approval("g") forbid (principal, action, resource) when { ${overflow} };`,
    'deny',
  ],
  [
    'an entity that nobody named',
    `${permit} forbid (principal in Group::"no-such", action, resource in Namespace::"none");`,
    'allow lab/open',
  ],
];

for (const [name, policies, answer] of table) {
  test(`${name}: ${answer}`, () => {
    const set = labSet(policies);
    assert.equal(spell(decide(set, getPod)), answer);
    releasePolicySet(set);
  });
}

test('an ask names everybody who must countersign', () => {
  const unsaid = { ttlSeconds: undefined, ownerMay: false, reason: undefined };
  const set = labSet(`${permit} ${held} ${heldToo}`);
  const decision = decide(set, getPod);
  assert.ok(decision.effect === 'ask');
  assert.deepEqual(decision.approvals, [
    {
      rule: { set: 'lab', id: 'held' },
      group: 'operators',
      quorum: 2,
      ttlSeconds: 300,
      ownerMay: false,
      reason: 'why',
    },
    { rule: { set: 'lab', id: 'held-too' }, group: 'owners', quorum: 1, ...unsaid },
  ]);
  releasePolicySet(set);
});

test('values come in the clear only by a permit that says so and matches', () => {
  const revealOf = (policies: string, input = getPod) => {
    const set = labSet(policies);
    const decision = decide(set, input);
    releasePolicySet(set);
    return 'reveal' in decision && decision.reveal;
  };
  assert.equal(revealOf(permit), false);
  assert.equal(revealOf(`${permit} ${reveal}`), true);
  assert.equal(revealOf(`${permit} ${reveal}`, inputOf('GET /api/v1/namespaces/a/pods')), false);
  assert.equal(revealOf(`${permit} ${reveal} ${held}`), true);
});

test('the organisation forbids what a cluster permits', () => {
  const set = labSet(permit, forbid);
  assert.equal(spell(decide(set, getPod)), 'deny organisation/shut');
  releasePolicySet(set);
});

test('what is missing or foreign is undecided', () => {
  const set = labSet(permit);
  const broken: PolicyInput[] = [
    { ...inputOf('POST /api/v1/namespaces/a/pods', {}), object: undefined },
    { ...getPod, cluster: 'other' },
    { ...getPod, sourceAddress: 'not an address' },
    { ...getPod, time: 'yesterday' },
    { ...getPod, principal: { ...agent, groups: ['\ud800'] } },
  ];
  for (const input of broken) assert.equal(decide(set, input).effect, 'undecided');
  assert.equal(spell(decide(set, getPod)), 'allow lab/open', 'the engine works on');
  releasePolicySet(set);
  assert.equal(decide(set, getPod).effect, 'undecided', 'a released set decides nothing');
});

test('a released slot never answers for the set that had it before', () => {
  const first = labSet(permit);
  releasePolicySet(first);
  const second = labSet(permit);
  assert.equal(second.slices.get('get')?.opening.slot, first.slices.get('get')?.opening.slot);
  assert.equal(decide(first, getPod).effect, 'undecided');
  assert.equal(decide(second, getPod).effect, 'allow');
  releasePolicySet(second);
});

test('a rule that breaks the engine leaves the others working', () => {
  const set = labSet(permit);
  const nested = engine.parse(
    `permit (principal, action, resource) when { ${'('.repeat(50_000)}true${')'.repeat(50_000)} };`,
  );
  assert.equal(nested.ok, false);
  assert.equal(spell(decide(set, getPod)), 'allow lab/open');
  releasePolicySet(set);
});

test('rules see what the request is', () => {
  const cases: [asked: string, when: string, body?: unknown][] = [
    [
      'GET /api/v1/namespaces/a/pods/x',
      'resource.name == "x" && resource.namespace == "a" && resource in Namespace::"a"',
    ],
    [
      'GET /apis/apps/v1/deployments',
      'resource.group == "apps" && resource.version == "v1" && resource.namespace == ""',
    ],
    ['GET /api/v1/pods?labelSelector=a%3Db', 'context.labelSelector == "a=b" && action in Action::"read"'],
    ['GET /api/v1/namespaces/a/pods/x/log', 'action == Action::"log" && resource.subresource == "log"'],
    ['GET /api/v1/namespaces/a/pods/x/exec?command=id', 'action == Action::"exec" && !(action in Action::"read")'],
    ['POST /api/v1/namespaces/a/pods/x/exec?command=id', 'action == Action::"exec" && !(action in Action::"write")'],
    ['DELETE /api/v1/namespaces/a/pods?dryRun=All', 'action == Action::"deletecollection" && context.dryRun'],
    ['GET /api/v1/pods', 'principal is Agent && principal.owner == Human::"ada" && principal in Group::"readers"'],
    ['GET /api/v1/pods', 'resource in Cluster::"lab" && context.source.isInRange(ip("192.0.2.0/24"))'],
    ['GET /api/v1/pods', 'context.time > datetime("2026-01-05T11:00:00Z") && context.credential.kind == "token"'],
    ['GET /api/v1/pods', 'principal.actors.isEmpty()'],
  ];
  for (const [asked, when, body] of cases) {
    const set = labSet(`permit (principal, action, resource is Resource) when { ${when} };`);
    assert.equal(decide(set, inputOf(asked, body)).effect, 'allow', when);
    releasePolicySet(set);
  }
});

test('rules see what an exec runs and what an attach is joined to', () => {
  const exec =
    'GET /api/v1/namespaces/a/pods/x/exec?command=sh&command=-c&command=ls%20%27%2F%27&stdin=true&container=c';
  const cases: [asked: string, action: string, when: string][] = [
    [exec, 'exec', `context.command == "sh -c 'ls '\\\\''/'\\\\'''" && context.program == "sh"`],
    [exec, 'exec', 'context.argv == ["sh", "-c", "ls \'/\'"] && context.container == "c"'],
    [exec, 'exec', 'context.stdin && !context.tty'],
    ['POST /api/v1/namespaces/a/pods/x/exec?command=id&tty=1', 'exec', 'context.command == "id" && context.tty'],
    ['GET /api/v1/namespaces/a/pods/x/exec', 'exec', 'context.argv.isEmpty() && context.program == ""'],
    ['POST /api/v1/namespaces/a/pods/x/attach?stdin=0', 'attach', '!context.stdin && context.container == ""'],
  ];
  for (const [asked, action, when] of cases) {
    const set = labSet(`permit (principal, action == Action::"${action}", resource) when { ${when} };`);
    assert.equal(decide(set, inputOf(asked)).effect, 'allow', when);
    releasePolicySet(set);
  }
});

test('an attach runs nothing that a rule could name', () => {
  assert.throws(() =>
    labSet(
      'permit (principal, action in [Action::"exec", Action::"attach"], resource) when { context.command == "" };',
    ),
  );
});

test('rules see what a body says', () => {
  const body = {
    kind: 'Deployment',
    metadata: { name: 'web', labels: { team: 'a' } },
    spec: { replicas: 3, template: { spec: { containers: [{ image: 'registry.example/app:1' }] } } },
  };
  const whens = [
    'context.object.name == "web" && context.object.kind == "Deployment" && resource.name == ""',
    'context.object.labels.contains({ key: "team", value: "a" }) && context.object.labelKeys.contains("team")',
    '["registry.example"].containsAll(context.object.registries)',
    'context.object.images.contains("registry.example/app:1") && !context.object.privileged',
    'context.object has replicas && context.object.replicas == 3',
    'context.object.hostAccess.isEmpty() && !context.object.opaque',
  ];
  for (const when of whens) {
    const set = labSet(`permit (principal, action == Action::"create", resource) when { ${when} };`);
    assert.equal(decide(set, inputOf('POST /apis/apps/v1/namespaces/a/deployments', body)).effect, 'allow', when);
    releasePolicySet(set);
  }
});

test('an IPv4 address is one, however the socket writes it', () => {
  const set = labSet('permit (principal, action, resource) when { context.source.isInRange(ip("127.0.0.0/8")) };');
  const from = (sourceAddress: string) => decide(set, { ...getPod, sourceAddress }).effect;
  assert.deepEqual(['127.0.0.1', '::ffff:127.0.0.1', '::1'].map(from), ['allow', 'allow', 'deny']);
  releasePolicySet(set);
});

test('actors of a delegation are seen', () => {
  const actor = { issuer: 'https://i.example', subject: 'planner' };
  const when = 'principal.actors.contains({ issuer: "https://i.example", subject: "planner" })';
  const set = labSet(`permit (principal, action, resource) when { ${when} };`);
  assert.equal(decide(set, { ...getPod, principal: { ...agent, act: [actor] } }).effect, 'allow');
  assert.equal(decide(set, getPod).effect, 'deny');
  releasePolicySet(set);
});

const scope = fc.record({
  principal: fc.constantFrom(
    'principal',
    'principal is Agent',
    'principal == Agent::"bot"',
    'principal in Group::"none"',
  ),
  action: fc.constantFrom(
    'action',
    'action in Action::"read"',
    'action == Action::"create"',
    'action == Action::"delete"',
  ),
  resource: fc.constantFrom('resource', 'resource in Namespace::"a"', 'resource in Cluster::"other"'),
  when: fc.constantFrom('', 'when { context.source.isLoopback() }', `when { ${overflow} }`),
});
type Scope = typeof scope extends fc.Arbitrary<infer T> ? T : never;
const rule = (effect: string, { principal, action, resource, when }: Scope) =>
  `${effect} (${principal}, ${action}, ${resource}) ${when};`;
const anyRule = fc
  .tuple(fc.constantFrom('permit', '@reveal permit', 'forbid', '@approval("a") forbid'), scope)
  .map(([effect, parts]) => rule(effect, parts));
const requests = [
  'GET /api/v1/namespaces/a/pods/x',
  'POST /api/v1/namespaces/b/configmaps',
  'DELETE /api/v1/pods/x',
  'GET /api',
];
const anyInput = fc.constantFrom(...requests).map((asked) => ({ ...inputOf(asked), object: noFacts }));
/** How open an answer is. */
const openness = { allow: 2, ask: 1, deny: 0, undecided: 0 } as const;

for (const [kind, effect] of [
  ['forbid', 'forbid'],
  ['approval', '@approval("b") forbid'],
] as const) {
  test(`a further ${kind} never loosens`, () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), scope, anyInput, (rules, extra, input) => {
        const [before, after] = [rules, [...rules, rule(effect, extra)]].map((list) => {
          const set = labSet(['// rules', ...list].join('\n'));
          const decision = decide(set, input);
          releasePolicySet(set);
          return decision;
        });
        assert.ok(before && after);
        assert.ok(openness[after.effect] <= openness[before.effect], `${before.effect} became ${after.effect}`);
        const reveals = [before, after].map((one) => 'reveal' in one && one.reveal);
        assert.ok(!reveals[1] || reveals[0], 'reveal');
        const groups = [before, after].map((one) => (one.effect === 'ask' ? one.approvals.length : 0));
        if (after.effect === 'ask') assert.ok((groups[1] ?? 0) >= (groups[0] ?? 0), 'no approval is lost');
      }),
      { numRuns: 80 },
    );
  });
}

test('that stdin is recorded counts, whichever permit says so', () => {
  const said = (...values: readonly (string | undefined)[]) => {
    const permits = values.map((value) => `${value ? `@stdin("${value}") ` : ''}permit (principal, action, resource);`);
    const set = labSet(permits.join('\n'));
    const decision = decide(set, inputOf('GET /api/v1/namespaces/a/pods/x/attach'));
    releasePolicySet(set);
    return decision.effect === 'allow' ? decision.stdin : assert.fail(decision.effect);
  };
  assert.equal(said(undefined), undefined);
  assert.equal(said(undefined, 'unrecorded'), 'unrecorded');
  assert.equal(said('unrecorded', 'recorded', undefined), 'recorded');
});
