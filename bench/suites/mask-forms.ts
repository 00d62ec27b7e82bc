// SPDX-License-Identifier: Apache-2.0
import { createMasker, type Hmac, type MaskerOptions } from '@countersign/mask';
import { type Row, row } from '../report/row.ts';
import { planOf } from './mask-plan.ts';
import { podList } from './pod-list.ts';
import { processorMsOf } from './processor-time.ts';

const LIST_BYTES = 8_000_000;
const CHUNK_BYTES = 64 * 1024;
const VERSION = 'meta.k8s.io/v1';

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Parsed = any;
type Form = Pick<MaskerOptions, 'metadataAs' | 'rowsAs'>;

/**
 * What a list of pods costs that is asked for as metadata alone, and as a Table: whole objects are masked and then cut down.
 * The base masks the metadata that an API server would give by itself.
 */
export function formRows(rounds: number, hmac: Hmac): Row[] {
  const { list, pods } = podList(LIST_BYTES);
  const { items } = JSON.parse(new TextDecoder().decode(list));
  const metadataOf = ({ metadata }: Parsed) => ({ kind: 'PartialObjectMetadata', apiVersion: VERSION, metadata });
  const alone = encoded({
    kind: 'PartialObjectMetadataList',
    apiVersion: VERSION,
    metadata: {},
    items: items.map(metadataOf),
  });
  const tableOf = (objects: (pod: Parsed) => object) =>
    encoded({
      ...{ kind: 'Table', apiVersion: VERSION, metadata: {}, columnDefinitions: [] },
      rows: items.map((pod: Parsed) => ({
        cells: [pod.metadata.name, '1/1', 'Running', 0, '1d'],
        object: objects(pod),
      })),
    });
  const whole = tableOf((pod) => ({ kind: 'Pod', apiVersion: 'v1', ...pod }));
  const table = tableOf(metadataOf);
  const measured = (bytes: Uint8Array, form: Form) =>
    Array.from({ length: rounds + 1 }, () => (maskMs(bytes, form, hmac) * 1_000) / pods).slice(1);
  const group = `Mask, ${pods} pods as metadata, x${(list.length / alone.length).toFixed(1)} the bytes from upstream`;
  const [base, tableBase] = [measured(alone, {}), measured(table, {})];
  return [
    row(group, 'metadata of whole pods', 'µs a pod', measured(list, { metadataAs: VERSION }), {
      of: 'base',
      rounds: base,
    }),
    row(group, 'a Table of whole pods', 'µs a pod', measured(whole, { rowsAs: VERSION }), {
      of: 'base',
      rounds: tableBase,
    }),
    row(group, 'whole pods', 'µs a pod', measured(list, {}), { of: 'base', rounds: base }),
    row(group, 'base: metadata alone', 'µs a pod', base),
  ];
}

function encoded(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function maskMs(bytes: Uint8Array, form: Form, hmac: Hmac): number {
  const masker = createMasker(planOf('pods', { verb: 'list', group: '' }), { hmac, cluster: 'bench', ...form });
  return processorMsOf(() => {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) masker.write(bytes.subarray(at, at + CHUNK_BYTES));
    masker.end();
  });
}
