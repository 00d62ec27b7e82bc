// SPDX-License-Identifier: Apache-2.0
import type { Sent } from '../load/load-call.ts';
import { NAMESPACE } from '../site/gateway-config.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

/** One that the gateway reads, judges and sends on as a dry run; the API server may refuse it. */
export interface HeavyWrite {
  readonly name: string;
  readonly path: string;
  readonly sent: () => Sent;
}

const many = (count: number, member: (at: number) => readonly [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => member(at)));

function object(name: string, members: object, metadata: object = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...members });
}

const named = () => ({
  labels: many(500, (at) => [`label-${at}`, 'v']),
  annotations: many(500, (at) => [`example.com/note-${at}`, 'v']),
});

function write(name: string, method: Sent['method'], contentType: string, body: () => string): HeavyWrite {
  const path = method === 'POST' ? CONFIG_MAPS : `${CONFIG_MAPS}/object-0000`;
  return { name, path: `${path}?dryRun=All`, sent: () => ({ method, contentType, body: body() }) };
}

const JSON_BODY = 'application/json';

/** Writes of at most 32 KiB, which ask most of rules and of masking for how long they are. */
export const SHORT_WRITES: readonly HeavyWrite[] = [
  write('create with 500 labels and 500 annotations', 'POST', JSON_BODY, () => object('heavy', {}, named())),
  write('put with 500 labels and 500 annotations', 'PUT', JSON_BODY, () => object('object-0000', {}, named())),
  write('31 KB JSON patch, 600 operations', 'PATCH', 'application/json-patch+json', () =>
    JSON.stringify(Array.from({ length: 600 }, (_, at) => ({ op: 'add', path: `/data/key-${at}`, value: 'value' }))),
  ),
  write('31 KB ConfigMap, lines of passwords', 'POST', JSON_BODY, () =>
    object('heavy', { data: { text: 'password: abcdefgh12\n'.repeat(1_400) } }),
  ),
];

/** The API server takes 15 s for a body of 100,000 members, and no more than another for one of these. */
const members = () => many(20_000, (at) => [`key-${at}`, `value ${at} `.repeat(10)]);

/** Writes of some megabytes that are more than a create. */
export const LONG_WRITES: readonly HeavyWrite[] = [
  write('2.6 MB merge patch with a null', 'PATCH', 'application/merge-patch+json', () =>
    JSON.stringify({ metadata: { annotations: { gone: null } }, data: members() }),
  ),
  write('2.6 MB put', 'PUT', JSON_BODY, () => object('object-0000', { data: members() })),
];
