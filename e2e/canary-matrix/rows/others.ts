// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../../clients/row.ts';
import type { Asking } from '../asking.ts';
import { CHART, RELEASES } from '../planted.ts';

const looksAt = (release: string): readonly (readonly string[])[] => [
  ['list', '-o', 'yaml'],
  ['status', release, '-o', 'json'],
  ['get', 'all', release],
  ['get', 'manifest', release],
  ['get', 'values', release, '--all'],
  ['get', 'notes', release],
  ['get', 'hooks', release],
  ['history', release, '-o', 'json'],
  ['upgrade', release, 'chart', '--reuse-values', '--dry-run=server'],
];

function helm(name: string, driver: string, release: string): Asking {
  const steps = looksAt(release);
  return { name, program: 'helm', steps, files: CHART, env: { HELM_DRIVER: driver }, maskedCodes: steps.map(() => 1) };
}

/** helm can't use a mask: without a permit with @reveal each look is refused. */
export const HELM: readonly Asking[] = [
  helm('releases in Secrets', 'secret', RELEASES.secret),
  helm('releases in ConfigMaps', 'configmap', RELEASES.configmap),
];

function program(
  name: string,
  client: Row['program'],
  step: string,
  env: Readonly<Record<string, string>> = {},
): Asking {
  return { name, program: client, steps: [[step]], env };
}

/** Programs that are made with a client library, which print all that they were given. */
export const PROGRAMS: readonly Asking[] = [
  program('typed clients, protobuf preferred', 'client-go', 'fetch-typed'),
  program('dynamic client', 'client-go', 'fetch-dynamic'),
  program('dynamic client, CBOR preferred', 'client-go', 'fetch-dynamic', {
    KUBE_FEATURE_ClientsAllowCBOR: 'true',
    KUBE_FEATURE_ClientsPreferCBOR: 'true',
  }),
  program('metadata client', 'client-go', 'metadata'),
  program('informers', 'client-go', 'fetch-informed'),
  program('typed clients, any object, watch, informer', 'javascript', 'fetched'),
  program('typed clients, dynamic client, watch', 'python', 'fetched'),
];
