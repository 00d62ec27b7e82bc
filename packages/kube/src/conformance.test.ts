// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GoldenCase, readGoldenCases } from '../../../conformance/golden.ts';
import { checkBodyTarget } from './body-target.ts';
import { requireJsonFormat } from './content-type.ts';
import { parseDeleteOptions } from './delete-options.ts';
import { KubeError, kubeRefusals } from './error.ts';
import { laneOf } from './lane.ts';
import { parseJson } from './parse-json.ts';
import { parseRequest } from './parse-request.ts';
import type { KubeRequest } from './request.ts';
import { serializeTarget } from './serialize-target.ts';

function answerTo(golden: GoldenCase): string {
  try {
    const request = parseRequest(golden.method, golden.target);
    readBody(golden, request);
    return `${laneOf(request) ?? 'no-lane'} ${readingOf(request)} ${serializeTarget(request)}`;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return `${kubeRefusals[error.code].status} ${error.code}`;
  }
}

function readBody({ headers, body }: GoldenCase, request: KubeRequest): void {
  if (request.kind !== 'resource' || body === undefined) return;
  const contentType = headers.find(([name]) => name === 'Content-Type')?.[1];
  const format = requireJsonFormat(contentType, request.method);
  const value = parseJson(new TextEncoder().encode(body));
  if (request.method === 'DELETE') parseDeleteOptions(request, value);
  else checkBodyTarget(request, format, value);
}

function readingOf(request: KubeRequest): string {
  if (request.kind === 'non-resource') return `non-resource|${request.verb}`;
  const { verb, group, version, namespace, resource, subresource, name } = request;
  return [verb, group, version, namespace, resource, subresource, name].join('|');
}

for (const golden of readGoldenCases()) {
  test(`${golden.place} ${golden.method} ${golden.target}`, () => {
    assert.equal(answerTo(golden), golden.answer);
  });
}
