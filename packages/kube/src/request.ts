// SPDX-License-Identifier: Apache-2.0

/** What an authorizer calls the action: RequestInfo's verbs, but `create` for a GET that opens a connection (exec, attach, portforward, proxy). */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One decoded query pair, in the order in which it stood. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}

interface Common {
  readonly method: Method;
  /** Decoded path segments, none empty, none "." or "..": what `serializeTarget` writes again. */
  readonly segments: readonly string[];
  readonly query: readonly QueryParameter[];
}

/** A request for a Kubernetes resource. Absent parts are "", as in RequestInfo. */
export interface ResourceRequest extends Common {
  readonly kind: 'resource';
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  /** From the path, or for a list or watch from a field selector that leaves one name. */
  readonly name: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** `dryRun=All` in the query. For deletes the body decides: see `parseDeleteOptions`. */
  readonly dryRun: boolean;
}

/** Anything else: discovery, OpenAPI, version, health. */
export interface NonResourceRequest extends Common {
  readonly kind: 'non-resource';
  /** The HTTP method in lower case. */
  readonly verb: string;
  /** The decoded path, with a leading slash. */
  readonly path: string;
}

export type KubeRequest = ResourceRequest | NonResourceRequest;

/** What the gateway does with a request; everything it has no lane for is refused. */
export type Lane = 'discovery' | 'read' | 'watch' | 'logs' | 'write' | 'exec' | 'portforward' | 'review';
