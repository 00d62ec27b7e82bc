// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { serializeJson } from '../json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { durationText } from './go-text.ts';
import { builtInKinds, type FieldType, messageOfKind, messageType } from './message-types.ts';

type Part = string | Uint8Array | readonly number[];

function bytesOf(part: Part): Uint8Array {
  return typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** A length-delimited field with these contents, the fields of a message or one text. */
function field(number: number, ...parts: readonly Part[]): Uint8Array {
  const contents = parts.map(bytesOf);
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  return Uint8Array.from([
    ...varint(number * 8 + 2),
    ...varint(length),
    ...contents.flatMap((content) => [...content]),
  ]);
}

function object(apiVersion: string, kind: string, ...fields: readonly Part[]): Uint8Array {
  const envelope = [field(1, field(1, apiVersion), field(2, kind)), field(2, ...fields)];
  return Uint8Array.from([...bytesOf('k8s\0'), ...envelope.flatMap((part) => [...part])]);
}

function configMap(...fields: readonly Part[]): Uint8Array {
  return object('v1', 'ConfigMap', ...fields);
}

function refused(bytes: Uint8Array, code: string, message?: RegExp): void {
  assert.throws(() => decodeProtobuf(bytes), { name: 'KubeError', code, ...(message ? { message } : {}) });
}

const settings = configMap(
  field(1, field(1, 'settings'), field(3, 'demo'), field(11, field(1, 'app'), field(2, 'web'))),
  field(2, field(1, 'z'), field(2, '1')),
  field(2, field(1, 'a'), field(2, 'ü\n')),
);

test('an object is the JSON that Go makes of it', () => {
  const json =
    '{"kind":"ConfigMap","apiVersion":"v1",' +
    '"metadata":{"name":"settings","namespace":"demo","labels":{"app":"web"}},"data":{"a":"ü\\n","z":"1"}}';
  assert.equal(serializeJson(decodeProtobuf(settings)), json);
});

test('no byte of an object can be left out', () => {
  for (let length = 0; length < settings.length; length++) refused(settings.subarray(0, length), 'ERR_KUBE_PROTOBUF');
});

test('what Go would not write, or another parser could read differently, is refused', () => {
  const name = field(1, field(1, 'a'));
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['no magic', settings.subarray(1), /does not begin/],
    ['JSON', bytesOf('{"kind":"ConfigMap"}'), /does not begin/],
    ['a field that the type has not', configMap(field(9, 'x')), /has no field 9/],
    ['a field twice', configMap(name, name), /stands twice/],
    ['a key of a map twice', configMap(field(2, field(1, 'a')), field(2, field(1, 'a'))), /key .* twice/],
    ['a number where a text belongs', configMap(field(1, [0x08, 1])), /another type/],
    ['a text where a number belongs', configMap(field(4, 'x')), /another type/],
    ['a group', configMap([0x0b, 0x0c]), /a bad tag/],
    ['a 32-bit value', configMap([0x0d, 1, 2, 3, 4]), /a bad tag/],
    ['field 0', configMap([0x02, 0]), /a bad tag/],
    ['text that is no UTF-8', configMap(field(1, field(1, [0xff]))), /not UTF-8/],
    ['a surrogate', configMap(field(1, field(1, [0xed, 0xa0, 0x80]))), /not UTF-8/],
    ['a truth value of 2', configMap([0x20, 2]), /neither 0 nor 1/],
    ['a number of 11 bytes', configMap([0x20, ...Array(10).fill(0x80), 1]), /too long/],
    ['a number over 64 bits', configMap([0x20, ...Array(9).fill(0xff), 2]), /too long/],
    [
      'an int32 over 32 bits',
      object('apps/v1', 'Deployment', field(2, [0x08, 0x80, 0x80, 0x80, 0x80, 0x10])),
      /out of range/,
    ],
    ['a time after year 9999', configMap(field(1, field(8, [0x08, ...Array(8).fill(0xff), 0x7f]))), /out of range/],
    [
      'an empty quantity',
      object('v1', 'ResourceQuota', field(2, field(1, field(1, 'cpu'), field(2, field(1, ''))))),
      /a quantity is empty/,
    ],
    ['an encoding in the envelope', Uint8Array.from([...settings, ...field(3, 'gzip')]), /names an encoding/],
    ['JSON in the envelope', Uint8Array.from([...settings, ...field(4, 'application/json')]), /names an encoding/],
    ['two objects', Uint8Array.from([...settings, ...settings.subarray(4)]), /stands twice/],
  ];
  for (const [what, bytes, why] of cases) {
    assert.throws(() => decodeProtobuf(bytes), { code: 'ERR_KUBE_PROTOBUF', message: why }, what);
  }
});

test('a kind that is not built in is refused as another media type', () => {
  refused(object('example.com/v1', 'Widget'), 'ERR_KUBE_PROTOBUF_TYPE', /send application\/json/);
  refused(object('v1', 'configmap'), 'ERR_KUBE_PROTOBUF_TYPE');
  refused(object('', ''), 'ERR_KUBE_PROTOBUF_TYPE');
});

test('JSON within is held to what JSON bodies are held to', () => {
  const revision = (json: Part) => object('apps/v1', 'ControllerRevision', field(2, field(1, json)));
  assert.match(
    serializeJson(decodeProtobuf(revision('{"big":9007199254740993}'))),
    /"data":\{"big":9007199254740993\}/,
  );
  refused(revision('{"a":1,"a":2}'), 'ERR_KUBE_JSON_DUPLICATE_KEY');
  refused(revision('{'), 'ERR_KUBE_JSON');
  assert.match(serializeJson(decodeProtobuf(revision(settings))), /"data":\{"kind":"ConfigMap"/);
});

test('a small body that would be a large object is refused', () => {
  const pod = object('v1', 'Pod', field(2, ...Array.from({ length: 20_000 }, () => field(2))));
  assert.ok(pod.length < 50_000);
  assert.doesNotThrow(() => decodeProtobuf(pod));
  refused(object('v1', 'Pod', field(2, ...Array.from({ length: 90_000 }, () => field(2)))), 'ERR_KUBE_BODY_TOO_LARGE');
});

test('nesting has an end', () => {
  const schema = (depth: number): Uint8Array => (depth === 0 ? field(28) : field(28, schema(depth - 1)));
  const crd = (depth: number) =>
    object(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      field(2, field(7, field(4, field(1, schema(depth))))),
    );
  assert.doesNotThrow(() => decodeProtobuf(crd(40)));
  refused(crd(100), 'ERR_KUBE_PROTOBUF', /nests deeper/);
});

test('whatever the bytes, the answer is an object or a refusal', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(fc.nat(settings.length - 1), fc.nat(255))
      .map(([at, byte]) => settings.slice(4).with(Math.max(0, at - 4), byte)),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      try {
        decodeProtobuf(Uint8Array.from([...bytesOf('k8s\0'), ...bytes]));
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('the table is whole: every type that a field names stands in it', () => {
  const seen = new Set<string>();
  const visitType = (type: FieldType): void => {
    if ('of' in type) visitType(type.of);
    else if ('message' in type && type.message !== undefined) visit(type.message);
  };
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { type, number } of messageType(name).fields) {
      assert.ok(number > 0, name);
      visitType(type);
    }
  };
  for (const kind of builtInKinds()) {
    const [apiVersion = '', name = ''] = kind.split(' ');
    visit(messageOfKind(apiVersion, name)?.name ?? '');
  }
  assert.ok(seen.size > 500);
});

test('durations are written as Go writes them', () => {
  const texts: [bigint, string][] = [
    [0n, '0s'],
    [1n, '1ns'],
    [-1_100n, '-1.1µs'],
    [2_200_000n, '2.2ms'],
    [1_000_000_000n, '1s'],
    [90_000_000_000n, '1m30s'],
    [3_600_000_000_001n, '1h0m0.000000001s'],
    [-(2n ** 63n), '-2562047h47m16.854775808s'],
  ];
  for (const [nanoseconds, text] of texts) assert.equal(durationText(nanoseconds), text);
});
