// SPDX-License-Identifier: Apache-2.0
import {
  isDryRun,
  type JsonValue,
  type KubeRequest,
  parseJson,
  parseRequest,
  requireJsonFormat,
} from '@countersign/kube';
import type { Principal } from './decision.ts';
import { factsOf } from './facts-of.ts';
import type { ObjectFacts } from './object-facts.ts';
import { needsObject, type PolicyInput } from './policy-input.ts';

/**
 * The input of a decision about a request that nobody sent: `body` is JSON or undefined for none.
 * @throws KubeError where request or body can't be read
 */
export function hypotheticalInput(
  principal: Principal,
  cluster: string,
  asked: {
    readonly method: string;
    readonly target: string;
    readonly body?: Uint8Array;
    readonly contentType?: string;
  },
  surroundings: { readonly sourceAddress: string; readonly time: string },
): PolicyInput {
  const request = parseRequest(asked.method, asked.target);
  const body = asked.body && parseJson(asked.body);
  const credential = { kind: 'token', expiresAt: surroundings.time } as const;
  const dryRun = request.kind === 'resource' && isDryRun(request, body);
  const object = hypotheticalObject(request, body, asked.contentType);
  return { principal, cluster, request, dryRun, object, credential, ...surroundings };
}

function hypotheticalObject(
  request: KubeRequest,
  body: JsonValue | undefined,
  contentType: string | undefined,
): ObjectFacts | undefined {
  if (!needsObject(request)) return undefined;
  const patch = request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const format = requireJsonFormat(contentType ?? patch, request.method);
  return factsOf(format, body ?? new Map());
}
