// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import { isProtobuf, MAGIC } from './magic.ts';
import { messageOfKind } from './message-types.ts';
import { WireReader } from './wire-reader.ts';

/** What tells an object apart from any other, and one version of it from the next. */
export interface ObjectIdentity {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Where they stand in every Kubernetes release, by k8s.io/apimachinery's generated.proto. */
const UNKNOWN = { typeMeta: 1, raw: 2 } as const;
const TYPE_META = { apiVersion: 1, kind: 2 } as const;
const OBJECT_META = { uid: 5, resourceVersion: 6 } as const;

const text = new TextDecoder('utf-8', { fatal: true });

/**
 * Identity and version of an object in Kubernetes' protobuf, without reading the rest of it, which a newer API server
 * may have written; undefined for what is no built-in object.
 */
export function protobufIdentity(bytes: Uint8Array): ObjectIdentity | undefined {
  try {
    return isProtobuf(bytes) ? identityIn(bytes.subarray(MAGIC.length)) : undefined;
  } catch (error) {
    if (error instanceof KubeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function identityIn(envelope: Uint8Array): ObjectIdentity | undefined {
  const outer = bytesOf(envelope);
  const type = bytesOf(outer.get(UNKNOWN.typeMeta) ?? new Uint8Array());
  const kind = messageOfKind(textOf(type, TYPE_META.apiVersion), textOf(type, TYPE_META.kind));
  const metadata = kind?.fields.find(({ name }) => name === 'metadata');
  if (metadata?.type.is !== 'message' || metadata.type.message !== 'meta/v1.ObjectMeta') return undefined;
  const object = bytesOf(outer.get(UNKNOWN.raw) ?? new Uint8Array());
  const meta = bytesOf(object.get(metadata.number) ?? new Uint8Array());
  const uid = textOf(meta, OBJECT_META.uid);
  const resourceVersion = textOf(meta, OBJECT_META.resourceVersion);
  return { ...(uid === '' ? {} : { uid }), ...(resourceVersion === '' ? {} : { resourceVersion }) };
}

/** The fields of a message that are bytes, by number; of one that repeats, the last. */
function bytesOf(message: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const reader = new WireReader(message);
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag();
    if (wireType === 'bytes') found.set(number, reader.bytes());
    else if (wireType === 'varint') reader.varint();
    else reader.float64();
  }
  return found;
}

function textOf(fields: ReadonlyMap<number, Uint8Array>, number: number): string {
  return text.decode(fields.get(number) ?? new Uint8Array());
}
