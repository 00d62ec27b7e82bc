// SPDX-License-Identifier: Apache-2.0
import {
  isDryRun,
  type JsonBodyFormat,
  type JsonValue,
  type KubeRequest,
  parseJson,
  parseRequest,
  requireJsonFormat,
} from '@countersign/kube';
import { mayCreate } from './action-scope.ts';
import type { Principal } from './decision.ts';
import { factsOf } from './facts-of.ts';
import { heldLabels, labelChange } from './held-labels.ts';
import { liveFactsOf, noChange, objectChange } from './live-facts.ts';
import { needsObject, type PolicyInput } from './policy-input.ts';
import { lacksContainer, usualContainers, withContainer } from './session-facts.ts';

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
    /** The object that the request names, as it is now: JSON; undefined where there is none. */
    readonly live?: Uint8Array;
  },
  surroundings: { readonly sourceAddress: string; readonly time: string },
): PolicyInput {
  const there = asked.live && parseJson(asked.live);
  const request = ofOnlyContainer(parseRequest(asked.method, asked.target), there);
  const body = asked.body && parseJson(asked.body);
  const credential = { kind: 'token', expiresAt: surroundings.time } as const;
  const dryRun = request.kind === 'resource' && isDryRun(request, body);
  const format = formatOf(request, asked.contentType);
  const value = body ?? new Map();
  const isWrite = needsObject(request) && request.kind === 'resource';
  const object = isWrite ? factsOf(format, value, request) : undefined;
  const change = isWrite ? objectChange(format, value, request) : noChange;
  const live = there ? liveFactsOf(there, change) : null;
  const making = { mayCreate: mayCreate(request, format) };
  const labels = heldLabels(request, object ? labelChange(format, value) : { kind: 'none' }, live);
  return { principal, cluster, request, dryRun, object, live, labels, ...making, credential, ...surroundings };
}

/** A session names the container that the API server takes, as the gateway has it. */
function ofOnlyContainer(request: KubeRequest, pod: JsonValue | undefined): KubeRequest {
  if (pod === undefined || !lacksContainer(request)) return request;
  const [only, ...others] = usualContainers(pod);
  return only === undefined || others.length > 0 ? request : withContainer(request, only);
}

function formatOf(request: KubeRequest, contentType: string | undefined): JsonBodyFormat {
  const patch = request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return requireJsonFormat(contentType ?? patch, request.method);
}
