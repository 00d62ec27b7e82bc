// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnnotations } from './annotations.ts';

function parse(effect: 'permit' | 'forbid', annotations: Record<string, string>) {
  return parseAnnotations({
    text: '',
    line: 1,
    effect,
    actions: 'any',
    integers: new Set(),
    reads: new Set(),
    annotations: new Map(Object.entries(annotations)),
  });
}

test('an approval-forbid says who countersigns, how many, for how long and why', () => {
  const { annotations, problems } = parse('forbid', {
    id: 'a.b-c_1',
    approval: 'operators',
    quorum: '2',
    ttl: '15m',
    reason: 'because',
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(annotations, {
    id: 'a.b-c_1',
    reason: 'because',
    reveal: false,
    stdin: undefined,
    approval: { group: 'operators', quorum: 2, ttlSeconds: 900, ownerMay: false },
  });
});

test('one person for as long as the gateway says, unless the rule says otherwise', () => {
  const { annotations } = parse('forbid', { approval: 'operators' });
  const { approval } = annotations;
  assert.deepEqual(approval, { group: 'operators', quorum: 1, ttlSeconds: undefined, ownerMay: false });
});

test('a permit may reveal', () => {
  const { annotations, problems } = parse('permit', { reveal: '' });
  assert.deepEqual([annotations.reveal, problems], [true, []]);
});

test('a permit may say whether what is typed is recorded', () => {
  for (const stdin of ['recorded', 'unrecorded'] as const) {
    const { annotations, problems } = parse('permit', { stdin });
    assert.deepEqual([annotations.stdin, problems], [stdin, []]);
  }
});

const refused: [effect: 'permit' | 'forbid', annotations: Record<string, string>, problem: RegExp][] = [
  ['permit', { approval: 'operators' }, /@approval stands on a forbid/],
  ['forbid', { reveal: '' }, /@reveal stands on a permit/],
  ['forbid', { stdin: 'recorded' }, /@stdin stands on a permit/],
  ['permit', { stdin: '' }, /@stdin says "recorded" or "unrecorded"/],
  ['permit', { reveal: 'false' }, /@reveal takes no value/],
  ['forbid', { aproval: 'operators' }, /unknown annotation @aproval/],
  ['forbid', { approval: 'g', owner: 'may' }, /@owner says "may-approve"/],
  ['forbid', { owner: 'may-approve' }, /@owner refine an @approval/],
  ['forbid', { approval: '' }, /@approval names the group/],
  ['forbid', { approval: ' operators' }, /@approval names the group/],
  ['forbid', { approval: 'x'.repeat(129) }, /@approval names the group/],
  ['forbid', { quorum: '2' }, /there is none/],
  ['forbid', { ttl: '5m' }, /there is none/],
  ...['0', '10', '', '1.5', 'two', ' 2'].map(
    (quorum) => ['forbid', { approval: 'g', quorum }, /@quorum/] as [never, never, RegExp],
  ),
  ...['', '0m', '15', '15 m', '1d', '25h', '86401s', '-1m', '1h30m'].map(
    (ttl) => ['forbid', { approval: 'g', ttl }, /@ttl/] as [never, never, RegExp],
  ),
  ...['', 'has space', '#1', 'a/b', 'é', 'x'.repeat(129)].map(
    (id) => ['permit', { id }, /@id/] as [never, never, RegExp],
  ),
  ['forbid', { reason: '' }, /@reason/],
  ['forbid', { reason: 'two\nlines' }, /@reason/],
  ['forbid', { reason: 'a \u001b[2J screen' }, /@reason/],
  ['forbid', { reason: 'x'.repeat(501) }, /@reason/],
];

for (const [effect, annotations, problem] of refused) {
  test(`refused: ${JSON.stringify(annotations).slice(0, 60)} on a ${effect}`, () => {
    const { problems } = parse(effect, annotations);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', problem);
  });
}

test('all problems are told at once', () => {
  assert.equal(parse('permit', { id: '', approval: 'g', quorum: 'x', reveal: 'y' }).problems.length, 4);
});
