// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ResourceRequest, Verb } from '@countersign/kube';
import fc from 'fast-check';
import { CANARIES, CORPUS, secret, sortKeys, table } from './fixtures/secret-corpus.ts';
import { MaskError } from './mask-error.ts';
import { createMasker, MAX_UNIT_BYTES, type MaskerOptions } from './masker.ts';
import { type MaskingPlan, maskingFor } from './rules/plan.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  nonce: new Uint8Array(16).fill(7),
};

function planFor(verb: Verb): MaskingPlan {
  const request: ResourceRequest = {
    ...{ kind: 'resource', method: 'GET', verb, segments: [], query: [], group: '', version: 'v1' },
    ...{ namespace: 'shop', resource: 'secrets', subresource: '', name: '', labelSelector: '', fieldSelector: '' },
    dryRun: false,
  };
  return maskingFor(request) ?? assert.fail('no plan for Secrets');
}

const planOf = (shape: MaskingPlan['shape']) => planFor(shape === 'watch' ? 'watch' : 'get');

function mask(plan: MaskingPlan, pieces: readonly Uint8Array[], from = options): string {
  const masker = createMasker(plan, from);
  const out = pieces.map((piece) => Buffer.from(masker.write(piece)));
  return Buffer.concat([...out, masker.end()]).toString('utf8');
}

function maskObject(value: unknown, plan = planFor('get')) {
  return JSON.parse(mask(plan, [Buffer.from(JSON.stringify(value))]));
}

/** Splits at the given offsets. */
function cut(body: Uint8Array, at: readonly number[]): Uint8Array[] {
  const edges = [0, ...[...at].sort((a, b) => a - b), body.length];
  return edges.slice(1).map((edge, i) => body.subarray(edges[i], edge));
}

/** Every eight bytes of every canary, and its base64 at each shift: what no output may contain. */
function pieces(text: string): string[] {
  const bytes = Buffer.from(text);
  const plain = Array.from({ length: bytes.length - 7 }, (_, i) => bytes.subarray(i, i + 8).toString('latin1'));
  const encoded = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4);
    return Array.from({ length: whole.length - 9 }, (_, i) => whole.slice(i, i + 10));
  });
  const escaped = JSON.stringify(text).slice(1, -1);
  return [...plain, ...encoded, escaped];
}

const FORBIDDEN = [...new Set(Object.values(CANARIES).flatMap(pieces))];

function assertNoCanary(output: string, what: string): void {
  const bytes = Buffer.from(output).toString('latin1');
  const leak = FORBIDDEN.find((piece) => bytes.includes(piece) || output.includes(piece));
  assert.equal(leak, undefined, `${what} lets out ${leak}`);
}

describe('createMasker', () => {
  for (const { name, shape, body } of CORPUS) {
    const bytes = Buffer.from(body);
    const whole = mask(planOf(shape), [bytes]);

    it(`lets no canary out: ${name}`, () => {
      assert.ok(name === 'empty list' || FORBIDDEN.some((piece) => bytes.toString('latin1').includes(piece)));
      assertNoCanary(whole, name);
    });

    it(`gives the same for two-way splits (all of them up to 2,000 bytes, else 2,000): ${name}`, () => {
      const step = Math.ceil(bytes.length / 2000);
      for (let at = 0; at <= bytes.length; at += step) {
        assert.equal(mask(planOf(shape), cut(bytes, [at])), whole, `at ${at}`);
      }
    });

    it(`gives the same byte by byte and for random splits: ${name}`, () => {
      assert.equal(
        mask(
          planOf(shape),
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        ),
        whole,
      );
      const offsets = fc.array(fc.nat(bytes.length), { maxLength: 20 });
      fc.assert(
        fc.property(offsets, (at) => assert.equal(mask(planOf(shape), cut(bytes, at)), whole)),
        { numRuns: 40 },
      );
    });

    it(`lets no canary out of an answer to a write: ${name}`, () => {
      assertNoCanary(mask({ ...planOf(shape), isWriteAnswer: true }, [bytes]), name);
    });
  }

  it('changes masked strings only', () => {
    const input = secret();
    const output = maskObject(input);
    assert.deepEqual(Object.keys(output.data), Object.keys(input.data as object));
    for (const value of Object.values<string>(output.data)) {
      assert.match(Buffer.from(value, 'base64').toString(), /^masked-v1-secret-[a-z2-7]{26}$/);
      assert.equal(Buffer.from(value, 'base64').toString('base64'), value);
    }
    const annotations = (input.metadata as { annotations: object }).annotations;
    const expected = {
      ...input,
      data: output.data,
      metadata: {
        ...(input.metadata as object),
        annotations: {
          ...output.metadata.annotations,
          'example.org/harmless': (annotations as Record<string, string>)['example.org/harmless'],
        },
        managedFields: output.metadata.managedFields,
      },
    };
    assert.deepEqual(output, expected);
    const owned = output.metadata.managedFields[0].fieldsV1;
    assert.deepEqual(Object.keys(owned['f:data']).slice(0, 2), ['.', 'f:password']);
    assert.match(Object.keys(owned['f:data'])[2] ?? '', /^v:"masked-v1-field-[a-z2-7]{26}"$/);
    assert.deepEqual(Object.keys(owned['f:metadata']['f:ownerReferences']), ['k:{"uid":"1"}']);
  });

  it('writes the same tokens into last-applied as into the live fields, as valid JSON', () => {
    const output = maskObject({ ...secret(), stringData: { text: CANARIES.text } });
    const applied = output.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'];
    assert.ok(applied.endsWith('}\n'));
    const inner = JSON.parse(applied);
    assert.equal(inner.data.password, output.data.password);
    assert.equal(inner.stringData.text, output.stringData.text);
    assert.equal(inner.metadata.name, 'db');
  });

  it('gives data and stringData of one object the same token for one value', () => {
    const value = 'the same value';
    const output = maskObject({ ...secret(), data: { a: btoa(value) }, stringData: { b: value } });
    assert.equal(Buffer.from(output.data.a, 'base64').toString(), output.stringData.b);
  });

  it('binds tokens to the object, the cluster and the key', () => {
    const token = (value: unknown, from = options) =>
      JSON.parse(mask(planFor('get'), [Buffer.from(JSON.stringify(value))], from)).data.password;
    const base = token(secret());
    assert.equal(token(secret()), base);
    assert.equal(token(sortKeys(secret())), base);
    assert.notEqual(token(secret('other')), base);
    assert.notEqual(token(secret(), { ...options, cluster: 'other' }), base);
    const otherKey = (message: Uint8Array) => createHmac('sha256', 'other').update(message).digest();
    assert.notEqual(token(secret(), { ...options, hmac: otherKey }), base);
  });

  it('gives the same token by get, list and watch', () => {
    const direct = maskObject(secret()).data.password;
    assert.equal(maskObject({ kind: 'SecretList', items: [secret('a'), secret()] }).items[1].data.password, direct);
    assert.equal(maskObject({ type: 'ADDED', object: secret() }, planFor('watch')).object.data.password, direct);
    assert.equal(maskObject(table(secret())).rows[0].object.data.password, direct);
  });

  it('gives random tokens in answers to writes, that say nothing of the value', () => {
    const verbs: Verb[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];
    const read = maskObject(secret()).data;
    for (const verb of verbs) {
      const object = { ...secret(), data: { a: btoa('one value'), b: btoa('one value') } };
      const first = maskObject(object, planFor(verb)).data;
      const other = { ...options, nonce: new Uint8Array(16).fill(8) };
      const second = JSON.parse(mask(planFor(verb), [Buffer.from(JSON.stringify(object))], other)).data;
      assert.notEqual(first.a, first.b);
      assert.notEqual(first.a, second.a);
      assert.notEqual(maskObject(secret(), planFor(verb)).data.password, read.password);
      const guess = maskObject({ ...object, data: { ...object.data, a: btoa('another') } }, planFor(verb)).data;
      assert.equal(guess.a, first.a);
    }
  });

  it('refuses a short nonce and a short HMAC', () => {
    const short = { ...options, nonce: new Uint8Array(8) };
    assert.throws(() => createMasker(planFor('update'), short), { code: 'ERR_MASK_KEY' });
    const weak = { ...options, hmac: () => new Uint8Array(8) };
    assert.throws(() => mask(planFor('get'), [Buffer.from(JSON.stringify(secret()))], weak), { code: 'ERR_MASK_KEY' });
  });

  it('masks cells of columns that it does not know, and values in those it knows', () => {
    const { rows } = maskObject(table(secret()));
    assert.deepEqual(rows[0].cells.slice(0, 4), ['db', 'Opaque', 4, '5d']);
    assert.match(rows[0].cells[4], /^masked-v1-cell-/);
    assert.match(rows[1].cells[1], /^masked-v1-cell-/);
    assert.match(rows[1].cells[4], /^masked-v1-cell-/);
    const { columnDefinitions: _, ...unnamed } = table(secret()) as Record<string, unknown>;
    assert.match(maskObject(unnamed).rows[0].cells[0], /^masked-v1-cell-/);
  });

  it('remembers the columns of a watch after its first event', () => {
    const [first, next] = [table(secret()), { ...table(secret()), columnDefinitions: null }];
    const body = [first, next].map((object) => JSON.stringify({ type: 'ADDED', object })).join('\n');
    const second = JSON.parse(mask(planFor('watch'), [Buffer.from(body)]).split('\n')[1] ?? '');
    assert.deepEqual(second.object.rows[0].cells.slice(0, 4), ['db', 'Opaque', 4, '5d']);
  });

  it('takes the columns of each Table anew, and a column with two names by both', () => {
    const wide = table(secret()) as { columnDefinitions: unknown[] };
    const narrow = { ...wide, columnDefinitions: [{ name: 'Secret' }, { name: 'Type' }] };
    const body = [wide, narrow].map((object) => JSON.stringify({ type: 'ADDED', object })).join('\n');
    const second = JSON.parse(mask(planFor('watch'), [Buffer.from(body)]).split('\n')[1] ?? '');
    assert.match(second.object.rows[0].cells[0], /^masked-v1-cell-/);
    assert.equal(second.object.rows[0].cells[1], 'Opaque');
    assert.match(second.object.rows[0].cells[3], /^masked-v1-cell-/);
    const twice = JSON.stringify(wide).replace('"name":"Name"', '"name":"Hidden","name":"Name"');
    assert.match(JSON.parse(mask(planFor('get'), [Buffer.from(twice)])).rows[0].cells[0], /^masked-v1-cell-/);
  });

  it('reads names that are written with escapes', () => {
    const body = JSON.stringify(secret()).replace('"data"', '"d\\u0061ta"');
    assert.equal(
      JSON.parse(mask(planFor('get'), [Buffer.from(body)])).data.password,
      maskObject(secret()).data.password,
    );
  });

  it('gives two objects of one event different tokens for one value', () => {
    const { rows, ...rest } = table(secret('a')) as { rows: { cells: unknown[] }[] };
    const event = { type: 'ADDED', object: { ...rest, rows: [rows[0], { ...rows[1], object: secret('b') }] } };
    const masked = maskObject(event, planFor('watch')).object.rows;
    assert.equal(masked[0].object.data.password, maskObject(secret('a')).data.password);
    assert.equal(masked[1].object.data.password, maskObject(secret('b')).data.password);
  });

  it('does not take one value for another that stands at its former place in the buffer', () => {
    const [head, tail] = ['{ "data":{"a":"AAAA"},"items":[', '],"data":{"b":"BBBB"}}'];
    const whole = mask(planFor('get'), [Buffer.from(head + tail)]);
    assert.equal(mask(planFor('get'), [Buffer.from(head), Buffer.from(tail)]), whole);
    assert.equal(new Set(whole.match(/bWFz[^"]+/g)).size, 2);
  });

  it('keeps what a read error says, and replaces it after a write or from code 500 on', () => {
    const status = {
      kind: 'Status',
      message: 'secrets "x" not found',
      reason: 'NotFound',
      code: 404,
      details: { name: 'x', kind: 'secrets' },
    };
    assert.deepEqual(maskObject(status), status);
    assert.match(maskObject(status, planFor('patch')).message, /^secrets "x" not found$/);
    assert.match(maskObject({ ...status, code: 500, reason: 'InternalError' }).message, /InternalError/);
  });

  it('masks the same whatever the order of members', () => {
    const members = Object.entries(secret());
    fc.assert(
      fc.property(fc.shuffledSubarray(members, { minLength: members.length }), (entries) => {
        assert.deepEqual(maskObject(Object.fromEntries(entries)), maskObject(secret()));
      }),
      { numRuns: 50 },
    );
  });

  it('masks all annotations of an object with more values than it compares with', () => {
    const withValues = (count: number) => ({
      metadata: { name: 'x', annotations: { note: 'quite harmless' } },
      data: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, btoa(`value number ${i}`)])),
    });
    assert.equal(maskObject(withValues(1000)).metadata.annotations.note, 'quite harmless');
    assert.match(maskObject(withValues(1001)).metadata.annotations.note, /^masked-v1-annotation-/);
  });

  it('counts by rule', () => {
    const masker = createMasker(planFor('get'), options);
    masker.write(Buffer.from(JSON.stringify(secret())));
    masker.end();
    const expected = {
      'secret-data': 6,
      'secret-string-data': 1,
      annotation: 1,
      'annotation-scan': 2,
      'managed-field-key': 1,
    };
    assert.deepEqual(masker.counts(), expected);
  });

  it('lets a newline after a watch event go at once, and each event when it is complete', () => {
    const masker = createMasker(planFor('watch'), options);
    const event = JSON.stringify({ type: 'ADDED', object: secret() });
    assert.equal(masker.write(Buffer.from(event.slice(0, -1))).length, 0);
    assert.notEqual(masker.write(Buffer.from('}')).length, 0);
    assert.equal(Buffer.from(masker.write(Buffer.from('\n'))).toString(), '\n');
    assert.equal(masker.end().length, 0);
  });
});

describe('createMasker, failing closed', () => {
  const masks =
    (body: string | Uint8Array, plan = planFor('get')) =>
    () =>
      mask(plan, [Buffer.from(body)]);
  const malformed: Record<string, string | Uint8Array> = {
    'no JSON': 'secret',
    'an array': '[]',
    'a string': '"x"',
    'a byte order mark': `\ufeff${JSON.stringify(secret())}`,
    'two documents': '{}{}',
    'a trailing comma': '{"data":{"a":"Yg==",}}',
    'a comment': '{/* */}',
    'a bare control character': '{"data":{"a":"\u0001"}}',
    'an unknown escape': '{"data":{"a":"\\x41"}}',
    'a broken \\u': '{"data":{"a":"\\u12g4"}}',
    'single quotes': "{'data':{}}",
    'a number with a leading zero': '{"code":012}',
    'a bare point': '{"code":1.}',
    'a misspelt literal': '{"data":nul}',
    'mismatched brackets': '{"items":[}',
    'invalid UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    'overlong UTF-8': Uint8Array.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
    'a surrogate in UTF-8': Uint8Array.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  };
  for (const [name, body] of Object.entries(malformed)) {
    it(`refuses ${name}`, () => {
      assert.throws(masks(body), (error) => error instanceof MaskError && error.code === 'ERR_MASK_MALFORMED');
    });
  }

  it('refuses what ends early, and an empty object answer, but not an empty watch', () => {
    for (const body of ['', ' ', '{', '{"data":{"a":"', JSON.stringify(secret()).slice(0, -1)]) {
      assert.throws(masks(body), { code: 'ERR_MASK_TRUNCATED' });
    }
    assert.throws(masks('{"type":"ADDED"', planFor('watch')), { code: 'ERR_MASK_TRUNCATED' });
    assert.equal(mask(planFor('watch'), []), '');
  });

  it('refuses nesting bombs, also where nothing would be masked', () => {
    assert.throws(masks(`{"items":${'['.repeat(100_000)}`), { code: 'ERR_MASK_TOO_DEEP' });
    assert.throws(masks('{"metadata":'.repeat(200)), { code: 'ERR_MASK_TOO_DEEP' });
  });

  it('masks JSON in strings in strings whole below three levels', () => {
    let inner: object = { data: { a: Buffer.from(CANARIES.password).toString('base64') } };
    for (let level = 0; level < 6; level++) {
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(inner) };
      inner = { metadata: { annotations } };
    }
    const output = mask(planFor('get'), [Buffer.from(JSON.stringify(inner))]);
    assertNoCanary(output, 'nested annotations');
    assert.match(output, /masked-v1-annotation-/);
  });

  it('refuses an item larger than the cap, wherever chunks end', () => {
    const item = (bytes: number) => `{"data":{"a":"${'A'.repeat(bytes)}"}}`;
    const frame = item(0).length;
    const list = (bytes: number) => Buffer.from(`{"items":[${item(bytes - frame)}]}`);
    const fits = list(MAX_UNIT_BYTES);
    const over = list(MAX_UNIT_BYTES + 1);
    for (const at of [0, 10, 70_000, over.length - 3, over.length - 2]) {
      assert.match(mask(planFor('get'), cut(fits, [at])), /"data":\{"a":"bWFz/);
      assert.throws(() => mask(planFor('get'), cut(over, [at])), { code: 'ERR_MASK_ITEM_TOO_LARGE' });
    }
  });

  it('refuses an item that never ends as soon as it is too large', () => {
    const masker = createMasker(planFor('get'), options);
    const chunk = Buffer.alloc(64 * 1024, 'A');
    masker.write(Buffer.from('{"items":[{"data":{"a":"'));
    const endless = () => {
      for (let bytes = 0; bytes <= MAX_UNIT_BYTES; bytes += chunk.length) masker.write(chunk);
    };
    assert.throws(endless, { code: 'ERR_MASK_ITEM_TOO_LARGE' });
  });

  it('stays refused after an error and after its end', () => {
    const masker = createMasker(planFor('get'), options);
    assert.throws(() => masker.write(Buffer.from('x')), { code: 'ERR_MASK_MALFORMED' });
    assert.throws(() => masker.write(Buffer.from('{}')), { code: 'ERR_MASK_ENDED' });
    assert.throws(() => masker.end(), { code: 'ERR_MASK_ENDED' });
    const ended = createMasker(planFor('get'), options);
    ended.write(Buffer.from('{}'));
    ended.end();
    assert.throws(() => ended.write(Buffer.from(' ')), { code: 'ERR_MASK_ENDED' });
  });

  it('lets no canary out of damaged answers, whether it throws or not', () => {
    const damage = fc.record({
      at: fc.nat(1_000_000),
      remove: fc.nat(3),
      insert: fc.constantFrom('', '"', '{', '}', '[', ',', '\\', 'x', ':', '\0', '"data":1,'),
    });
    const cases = fc.constantFrom(...CORPUS.filter(({ name }) => name !== 'duplicate members'));
    fc.assert(
      fc.property(cases, fc.array(damage, { minLength: 1, maxLength: 3 }), ({ shape, body }, damages) => {
        let text = body;
        for (const { at, remove, insert } of damages) {
          const place = at % text.length;
          text = text.slice(0, place) + insert + text.slice(place + remove);
        }
        assertNoCanaryValue(maskedUntilError(planOf(shape), text), text);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Everything that a masker gave out before it threw. */
function maskedUntilError(plan: MaskingPlan, text: string): string {
  const masker = createMasker(plan, options);
  const out: Uint8Array[] = [];
  try {
    for (const byte of cut(Buffer.from(text), [text.length >> 1])) out.push(masker.write(byte));
    out.push(masker.end());
  } catch (error) {
    assert.ok(error instanceof MaskError, String(error));
  }
  return Buffer.concat(out).toString();
}

/** For inputs whose canaries are damaged as well: values in `data` are what must not come back. */
function assertNoCanaryValue(output: string, input: string): void {
  for (const value of [CANARIES.password, CANARIES.pem, CANARIES.token]) {
    const encoded = Buffer.from(value).toString('base64');
    assert.ok(!output.includes(encoded), `${encoded} from ${input}`);
  }
}
