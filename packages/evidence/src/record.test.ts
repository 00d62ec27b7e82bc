// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { Leaf, recordJsonSchema } from './record.ts';

const exchange = '6f1c2c3e-9a40-4b8e-8a43-0d4f0a1b2c3d';

function answer(): Record<string, unknown> {
  return {
    v: 1,
    type: 'answer',
    id: '019abf10-2f00-7abc-8def-0123456789ab',
    ts: '2026-11-24T03:34:00.123456Z',
    gateway: 'gateway',
    epoch: 1,
    exchange,
    cluster: 'lab',
    principal: { kind: 'agent', id: 'reporter', owner: 'platform-team', act: [] },
    request: {
      kind: 'resource',
      lane: 'read',
      verb: 'get',
      group: '',
      version: 'v1',
      namespace: 'demo',
      resource: 'secrets',
      subresource: '',
      name: 'db',
      dryRun: false,
    },
    decision: {
      id: exchange,
      occasion: 'request',
      effect: 'allow',
      rules: [{ set: 'organisation', id: 'readers' }],
      policyDigest: `sha256:${'0'.repeat(64)}`,
    },
    status: 200,
    bytes: 412,
    masked: [{ rule: 'secret-data', count: 2 }],
  };
}

describe('Leaf', () => {
  it('takes a record of an answer', () => {
    assert.deepEqual(Leaf.parse(answer()), answer());
  });

  it('refuses a member that it does not know, at any depth', () => {
    assert.equal(Leaf.safeParse({ ...answer(), note: 'x' }).success, false);
    assert.equal(
      Leaf.safeParse({ ...answer(), principal: { ...Object(answer().principal), email: 'x' } }).success,
      false,
    );
  });

  it('refuses what is not a pseudonym, and fractions', () => {
    const human = { kind: 'human', id: 'ann@example.com', owner: 'ann', act: [] };
    assert.equal(Leaf.safeParse({ ...answer(), principal: human }).success, false);
    assert.equal(Leaf.safeParse({ ...answer(), bytes: 1.5 }).success, false);
    assert.equal(Leaf.safeParse({ ...answer(), ts: '2026-11-24T03:34:00Z' }).success, false);
  });

  it('tells types apart', () => {
    assert.equal(Leaf.safeParse({ ...answer(), type: 'outcome' }).success, false);
    assert.equal(Leaf.safeParse({ ...answer(), type: 'anything' }).success, false);
  });
});

describe('recordJsonSchema', () => {
  it('resolves every reference', () => {
    const schema = recordJsonSchema();
    const names = Object.keys(schema.$defs as object);
    const references = [...JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
    assert.ok(references.includes('Record') && names.includes('SealedFields'));
    assert.deepEqual(
      references.filter((name) => !names.includes(name ?? '')),
      [],
    );
  });
});

describe('canonicalJson', () => {
  it('sorts members by UTF-16 code units and leaves undefined ones out', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, a: undefined, '\u0080': 6, ö: 7 };
    assert.equal(canonicalJson(value), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  });

  it('spells strings, numbers and literals as RFC 8785 does', () => {
    const value = ['\u20ac$\u000f\nA\'B"\\\\"/', -0, 9007199254740991, true, null, [], {}];
    assert.equal(canonicalJson(value), '["\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/",0,9007199254740991,true,null,[],{}]');
  });

  it('refuses what has no one spelling', () => {
    for (const value of [0.5, 2 ** 53, Number.NaN, '\ud800', () => 1]) {
      assert.throws(() => canonicalJson(value as never), { code: 'ERR_EVIDENCE_NOT_CANONICAL' });
    }
  });
});

/** Section 3.2 of RFC 8785, said as shortly as it can be. */
function spelledPlainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelledPlainly).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${spelledPlainly(member)}`).join(',')}}`;
}

describe('canonicalJson of anything', () => {
  const names = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('__proto__', 'toJSON', '', 'constructor'));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree')),
      fc.array(fc.tuple(names, tie('tree')), { maxLength: 40 }).map((members) => Object.fromEntries(members)),
    ),
  }));

  it('spells it member by member in the order of RFC 8785, whatever its names', () => {
    fc.assert(fc.property(tree, (value) => assert.equal(canonicalJson(value as never), spelledPlainly(value))));
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const text = canonicalJson(value as never);
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
    );
  });
});
