// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { Lane } from './request.ts';

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const rewritable = new Set([
  '*/*',
  'application/*',
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  'application/cbor-seq',
]);

/** The parameters that change what the API server sends: Table and PartialObjectMetadata, discovery profile, watch. */
const meaningful = ['as', 'g', 'v', 'profile', 'stream'];

const token = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * The Accept header to send upstream; undefined means none. Where the gateway reads the answer it asks for JSON alone,
 * in the forms (`as=Table`, …) that the caller named, in the order of the caller's preference. It is passed on
 * untouched elsewhere, and for discovery: some clients decode `/openapi/v2` as protobuf without looking.
 * @throws KubeError `ERR_KUBE_NOT_ACCEPTABLE` when the caller takes nothing that could be JSON
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
export function negotiateAccept(
  accept: string | undefined,
  options: { readonly jsonOnly: boolean; readonly lane: Lane },
): string | undefined {
  if (!options.jsonOnly || options.lane === 'discovery') return accept;
  if (accept === undefined || accept === '') return 'application/json';
  const clauses = accept
    .split(',')
    .map(readClause)
    .filter((clause) => clause !== undefined)
    .sort((left, right) => right.quality - left.quality)
    .map(jsonClause);
  if (clauses.length === 0) {
    throw new KubeError('ERR_KUBE_NOT_ACCEPTABLE', 'this answer comes as application/json only');
  }
  return [...new Set(clauses)].join(',');
}

function readClause(text: string): Clause | undefined {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    parameters.set(name, value);
  }
  const quality = Number(parameters.get('q') ?? '1');
  const clean = meaningful.every((name) => !parameters.has(name) || token.test(parameters.get(name) ?? ''));
  return rewritable.has(type) && clean && quality > 0 ? { type, parameters, quality } : undefined;
}

function jsonClause(clause: Clause): string {
  const kept = meaningful.filter((name) => clause.parameters.has(name));
  return ['application/json', ...kept.map((name) => `${name}=${clause.parameters.get(name)}`)].join(';');
}
