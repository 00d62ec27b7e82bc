// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { protobufIdentity } from './object-identity.ts';

const utf8 = new TextEncoder();

/** A length-delimited field, shorter than 128 bytes. */
function field(number: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const contents = parts.flatMap((part) => [...(typeof part === 'string' ? utf8.encode(part) : part)]);
  return Uint8Array.from([number * 8 + 2, contents.length, ...contents]);
}

function object(apiVersion: string, kind: string, ...fields: readonly Uint8Array[]): Uint8Array {
  const envelope = [field(1, field(1, apiVersion), field(2, kind)), field(2, ...fields)];
  return Uint8Array.from([...utf8.encode('k8s\0'), ...envelope.flatMap((part) => [...part])]);
}

const metadata = field(1, field(1, 'settings'), field(5, 'an-uid'), field(6, '42'));

test('identity and version stand in the metadata of every built-in object', () => {
  for (const [version, kind] of [
    ['v1', 'ConfigMap'],
    ['apps/v1', 'Deployment'],
    ['autoscaling/v1', 'Scale'],
  ] as const) {
    assert.deepEqual(protobufIdentity(object(version, kind, metadata)), { uid: 'an-uid', resourceVersion: '42' });
  }
  assert.deepEqual(protobufIdentity(object('v1', 'ConfigMap', field(1, field(6, '7')))), { resourceVersion: '7' });
  assert.deepEqual(protobufIdentity(object('v1', 'ConfigMap')), {});
});

test('what a newer API server adds is passed over', () => {
  const varint = Uint8Array.from([13 * 8, 0x81, 0x01]);
  const newer = object('v1', 'ConfigMap', varint, field(14, 'new'), metadata, varint);
  assert.deepEqual(protobufIdentity(newer), { uid: 'an-uid', resourceVersion: '42' });
});

test('a Status, a list, a kind of nobody and what is no protobuf have none', () => {
  for (const [version, kind] of [
    ['v1', 'Status'],
    ['v1', 'ConfigMapList'],
    ['stable.example/v1', 'ConfigMap'],
    ['', ''],
  ] as const) {
    assert.equal(protobufIdentity(object(version, kind, metadata)), undefined);
  }
  for (const text of ['', 'k8s', 'k8s\0', '{"metadata":{"uid":"u"}}']) {
    assert.equal(protobufIdentity(utf8.encode(text)), undefined);
  }
  const invalid = object('v1', 'ConfigMap', field(1, field(5, Uint8Array.of(0xff))));
  assert.equal(protobufIdentity(invalid), undefined);
});

test('no bytes make it fail', () => {
  const whole = object('v1', 'ConfigMap', metadata);
  for (let length = 0; length < whole.length; length++) protobufIdentity(whole.subarray(0, length));
  const within = fc.uint8Array().map((bytes) => Uint8Array.from([...utf8.encode('k8s\0'), ...bytes]));
  fc.assert(fc.property(within, (bytes) => protobufIdentity(bytes) === undefined || true));
});
