// SPDX-License-Identifier: Apache-2.0
import { describeTarget } from '@countersign/policy';
import type { Gathered } from '../exchange.ts';
import { shownWords } from './shown-text.ts';

/**
 * What a request asks for, as people are told: `create configmaps notes in namespace demo`. A name that stands in its body alone
 * is told too, one that the API server is to choose as `notes-*`; and so is that it would do nothing, as `dry run of create …`.
 */
export function askedAction({ request, body, dryRun }: Pick<Gathered, 'request' | 'body' | 'dryRun'>): string {
  const name = body?.target?.name || (body?.target?.generateName ? `${body.target.generateName}*` : '');
  const action = describeTarget(request.kind === 'resource' && name !== '' ? { ...request, name } : request);
  return shownWords(dryRun ? `dry run of ${action}` : action);
}
