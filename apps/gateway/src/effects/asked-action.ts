// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import { describeTarget } from '@countersign/policy';
import type { Gathered, JudgedBody } from '../exchange.ts';
import { shownWords } from './shown-text.ts';

interface AskedRequest extends Pick<Gathered, 'request' | 'dryRun'> {
  readonly body: Pick<JudgedBody, 'target'> | undefined;
}

/** What a request does is not what its verb says where it is about one of these. */
const OF_SUBRESOURCE: Readonly<Record<string, string>> = { eviction: 'evict', scale: 'scale' };

/** `create pods/eviction web in …` as `evict pods web in …`. */
function worded(request: KubeRequest): string {
  if (request.kind === 'non-resource') return describeTarget(request);
  const word = OF_SUBRESOURCE[request.subresource];
  const isWrite = ['create', 'update', 'patch'].includes(request.verb);
  if (word === undefined || !isWrite) return describeTarget(request);
  const [, ...rest] = describeTarget({ ...request, subresource: '' }).split(' ');
  return [word, ...rest].join(' ');
}

/**
 * What a request asks for, as people are told: `create configmaps notes in namespace demo`, `evict pods web in namespace demo`. A
 * name that stands in its body alone is told too, one that the API server is to choose as `notes-*`; and so is that it would do
 * nothing, as `dry run of create …`.
 */
export function askedAction({ request, body, dryRun }: AskedRequest): string {
  const name = body?.target?.name || (body?.target?.generateName ? `${body.target.generateName}*` : '');
  const action = worded(request.kind === 'resource' && name !== '' ? { ...request, name } : request);
  return shownWords(dryRun ? `dry run of ${action}` : action);
}
