// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { KubeRequest, Lane } from './request.ts';

/** The media types that a caller may name, each with the one that is asked for upstream. */
type Representations = ReadonlyMap<string, string>;

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const OPENAPI_TYPES = ['v2', 'v3'].flatMap((version) => [
  `application/com.github.proto-openapi.spec.${version}@v1.0+protobuf`,
  `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`,
]);

const inJson = ['*/*', 'application/*', JSON_TYPE].map((type) => [type, JSON_TYPE] as const);
const jsonAlone: Representations = new Map([...inJson, [PROTOBUF_TYPE, JSON_TYPE]]);
const asAsked: Representations = new Map([...inJson, [PROTOBUF_TYPE, PROTOBUF_TYPE]]);
const openapi: Representations = new Map([...inJson, ...OPENAPI_TYPES.map((type) => [type, type] as const)]);
/** The text itself is text whatever is asked for; what is negotiated is the form of an error. */
const logs: Representations = new Map([...jsonAlone, ['text/plain', JSON_TYPE], ['text/*', JSON_TYPE]]);

const health: ReadonlySet<string> = new Set(['livez', 'readyz', 'healthz']);

/** The media types in which an answer may come that nobody masks: what is asked for above, and text. */
const passable: ReadonlySet<string> = new Set([JSON_TYPE, PROTOBUF_TYPE, 'text/plain', ...OPENAPI_TYPES]);

/** The parameters that change what the API server sends: Table and PartialObjectMetadata, discovery profile, watch. */
const meaningful = ['as', 'g', 'v', 'profile', 'stream'];

const token = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * The Accept header to send upstream; undefined means none, where the API server reads none. It names JSON alone where
 * the gateway reads the answer (`jsonOnly`), else also protobuf where the caller does, and the forms (`as=Table`, …) that
 * the caller named, in the order of its preference. YAML and CBOR are never asked for: whoever names them beside JSON gets JSON.
 * @throws KubeError `ERR_KUBE_NOT_ACCEPTABLE` when the caller takes nothing of that
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
export function negotiateAccept(
  accept: string | undefined,
  request: KubeRequest,
  { lane, jsonOnly }: { readonly lane: Lane; readonly jsonOnly: boolean },
): string | undefined {
  const offered = representationsOf(request, lane, jsonOnly);
  if (offered === undefined) return undefined;
  // Nearly every program that reads objects says just this, and it is offered always.
  if (accept === undefined || accept === '' || accept === JSON_TYPE) return JSON_TYPE;
  const clauses = accept
    .split(',')
    .map((text) => readClause(text, offered))
    .filter((clause) => clause !== undefined)
    .sort((left, right) => right.quality - left.quality)
    .map(clauseText);
  if (clauses.length === 0) {
    const types = [...new Set(offered.values())].join(' or ');
    throw new KubeError('ERR_KUBE_NOT_ACCEPTABLE', `this answer comes as ${types} only`);
  }
  return [...new Set(clauses)].join(',');
}

/** An Accept header that asks for whole objects. */
export interface WholeAccept {
  readonly accept: string;
  /** The version of the metadata-only form that the caller gets of them; undefined: it gets the answer as it comes. */
  readonly metadataAs: MetadataVersion | undefined;
  /** Of a Table: the version of that, and of the metadata in its rows. */
  readonly tableAs: MetadataVersion | undefined;
}

/** The versions in which there is PartialObjectMetadata. */
export type MetadataVersion = 'meta.k8s.io/v1' | 'meta.k8s.io/v1beta1';

const metadataForms = (as: string): ReadonlyMap<string, MetadataVersion> =>
  new Map([
    [`${JSON_TYPE};as=${as};g=meta.k8s.io;v=v1`, 'meta.k8s.io/v1'],
    [`${JSON_TYPE};as=${as};g=meta.k8s.io;v=v1beta1`, 'meta.k8s.io/v1beta1'],
  ]);
const METADATA = metadataForms('PartialObjectMetadata');
const METADATA_OF_LISTS = metadataForms('PartialObjectMetadataList');
const TABLES = metadataForms('Table');

/**
 * Asks for whole objects where an Accept header, as `negotiateAccept` made it, asks for their metadata alone. Only what is
 * asked for first is given in that form: an API server that gives JSON at all gives every form. What it would refuse
 * (a list of one object, one object of a list, an unknown version) stays as it is.
 */
export function withWholeObjects(accept: string, { isList }: { readonly isList: boolean }): WholeAccept {
  const versions = isList ? METADATA_OF_LISTS : METADATA;
  const clauses = accept.split(',').map((clause) => ({ clause, version: versions.get(formOf(clause)) }));
  const whole = clauses.map(({ clause, version }) => (version === undefined ? clause : JSON_TYPE));
  const tableAs = TABLES.get(formOf(clauses[0]?.clause ?? ''));
  return { accept: [...new Set(whole)].join(','), metadataAs: clauses[0]?.version, tableAs };
}

/** A clause without what does not count where its answer is an object. */
function formOf(clause: string): string {
  const ignored = ['stream=', 'profile='];
  const parts = clause.split(';').filter((part) => !ignored.some((name) => part.startsWith(name)));
  return parts.join(';');
}

/**
 * Whether an answer that nobody masks is in a form that may pass, by its header values: JSON, protobuf or plain text, and
 * not compressed, since nothing else is ever asked for.
 */
export function isPassableAnswer(contentType: string | undefined, contentEncoding: string | undefined): boolean {
  const [type = ''] = (contentType ?? '').toLowerCase().split(';');
  return passable.has(type.trim()) && (contentEncoding ?? 'identity').trim().toLowerCase() === 'identity';
}

function representationsOf(request: KubeRequest, lane: Lane, jsonOnly: boolean): Representations | undefined {
  if (lane === 'logs') return logs;
  if (jsonOnly) return jsonAlone;
  if (request.kind === 'resource') return asAsked;
  const [first = ''] = request.segments;
  if (first === 'openapi') return openapi;
  return health.has(first) ? undefined : asAsked;
}

function readClause(text: string, offered: Representations): Clause | undefined {
  const [asked = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    parameters.set(name, value);
  }
  const type = offered.get(asked);
  const quality = Number(parameters.get('q') ?? '1');
  const clean = meaningful.every((name) => !parameters.has(name) || token.test(parameters.get(name) ?? ''));
  return type !== undefined && clean && quality > 0 ? { type, parameters, quality } : undefined;
}

function clauseText({ type, parameters }: Clause): string {
  const kept = meaningful.filter((name) => parameters.has(name));
  return [type, ...kept.map((name) => `${name}=${parameters.get(name)}`)].join(';');
}
