// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { QueryParameter } from './request.ts';

/** Says whether a value is one that the API server and we read alike. */
type Accepts = (value: string) => boolean;

interface Parameter {
  readonly accepts: Accepts;
  /** What a caller may write, for the message of a refusal. */
  readonly form: string;
  readonly repeatable?: true;
}

/** The query parameters that one kind of request may carry, by name. */
export type ParameterSet = Readonly<Record<string, Parameter>>;

const text: Parameter = { accepts: (value) => !hasControl(value), form: 'text without control characters' };
const boolean: Parameter = { accepts: (value) => /^(?:true|false|1|0)$/i.test(value), form: 'true or false' };
const integer: Parameter = { accepts: (value) => /^-?\d{1,18}$/.test(value), form: 'a whole number' };
const duration: Parameter = {
  accepts: (value) => value.length <= 32 && /^(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|ms|s|m|h))+)$/.test(value),
  form: 'a duration such as 30s',
};
const time: Parameter = {
  accepts: (value) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/.test(value),
  form: 'an RFC 3339 time',
};
const no: Parameter = { accepts: (value) => value === '0' || value.toLowerCase() === 'false', form: 'false' };
const labels: Parameter = { accepts: (value) => parseLabelSelector(value) !== undefined, form: 'a label selector' };
const fields: Parameter = { accepts: (value) => parseFieldSelector(value) !== undefined, form: 'a field selector' };
const words: Parameter = { accepts: () => true, form: 'text', repeatable: true };
const ports: Parameter = {
  accepts: (value) => /^\d{1,5}(?:,\d{1,5})*$/.test(value),
  form: 'port numbers',
  repeatable: true,
};
const texts: Parameter = { ...text, repeatable: true };

function oneOf(...values: readonly string[]): Parameter {
  return { accepts: (value) => values.includes(value), form: values.join(' or ') };
}

const general = { timeout: duration, pretty: text } satisfies ParameterSet;
const tables = { includeObject: oneOf('None', 'Metadata', 'Object') } satisfies ParameterSet;
const selection = {
  labelSelector: labels,
  fieldSelector: fields,
  resourceVersion: text,
  resourceVersionMatch: oneOf('NotOlderThan', 'Exact'),
  limit: integer,
  continue: text,
  timeoutSeconds: integer,
} satisfies ParameterSet;
const change = {
  dryRun: oneOf('All'),
  fieldManager: text,
  fieldValidation: oneOf('Ignore', 'Warn', 'Strict'),
} satisfies ParameterSet;
const removal = {
  dryRun: oneOf('All'),
  gracePeriodSeconds: integer,
  propagationPolicy: oneOf('Orphan', 'Background', 'Foreground'),
  orphanDependents: boolean,
} satisfies ParameterSet;
const terminal = { stdin: boolean, stdout: boolean, stderr: boolean, tty: boolean, container: text } as const;

/**
 * The allow-lists, one for each kind of request: the API server's own parameters, without `insecureSkipTLSVerifyBackend`
 * (only "false"), `ignoreStoreReadErrorWithClusterBreakingPotential` and the alpha `shardSelector`.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
 */
export const parameterSets = {
  get: { ...general, ...tables, resourceVersion: text },
  list: {
    ...general,
    ...tables,
    ...selection,
    watch: boolean,
    allowWatchBookmarks: boolean,
    sendInitialEvents: boolean,
  },
  create: { ...general, ...tables, ...change },
  update: { ...general, ...tables, ...change },
  patch: { ...general, ...tables, ...change, force: boolean },
  delete: { ...general, ...tables, ...removal, uid: text, resourceVersion: text },
  deletecollection: { ...general, ...selection, ...removal },
  logs: {
    ...general,
    container: text,
    follow: boolean,
    previous: boolean,
    sinceSeconds: integer,
    sinceTime: time,
    timestamps: boolean,
    tailLines: integer,
    limitBytes: integer,
    insecureSkipTLSVerifyBackend: no,
    stream: oneOf('All', 'Stdout', 'Stderr'),
  },
  exec: { ...general, ...terminal, command: words },
  attach: { ...general, ...terminal },
  portforward: { ...general, ports },
  discovery: general,
  openapi: { ...general, hash: text },
  health: { ...general, verbose: text, exclude: texts },
} as const satisfies Readonly<Record<string, ParameterSet>>;

/**
 * Checks a query against an allow-list. Names are case-sensitive, as they are to the API server.
 * @throws KubeError `ERR_KUBE_UNKNOWN_PARAMETER`, `ERR_KUBE_DUPLICATE_PARAMETER`, `ERR_KUBE_QUERY`, `ERR_KUBE_SELECTOR`
 */
export function checkParameters(query: readonly QueryParameter[], allowed: ParameterSet): void {
  const seen = new Set<string>();
  for (const { name, value } of query) {
    if (!Object.hasOwn(allowed, name)) throw unknown(name, allowed);
    const parameter = allowed[name] as Parameter;
    if (seen.has(name) && parameter.repeatable === undefined) {
      throw new KubeError('ERR_KUBE_DUPLICATE_PARAMETER', `the query parameter ${name} may stand only once`);
    }
    seen.add(name);
    if (!parameter.accepts(value)) {
      throw new KubeError('ERR_KUBE_QUERY', `the query parameter ${name} must be ${parameter.form}`);
    }
  }
}

function unknown(name: string, allowed: ParameterSet): KubeError {
  const quoted = /^[A-Za-z]{1,40}$/.test(name) ? ` ${name}` : '';
  const known = Object.keys(allowed).sort().join(', ');
  return new KubeError(
    'ERR_KUBE_UNKNOWN_PARAMETER',
    `unknown query parameter${quoted}; this request may carry: ${known}`,
  );
}

function hasControl(value: string): boolean {
  return /\p{Cc}/u.test(value);
}
