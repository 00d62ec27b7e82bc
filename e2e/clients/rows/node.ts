// SPDX-License-Identifier: Apache-2.0
import type { Row, Step } from '../row.ts';

function node(name: string, steps: readonly Step[], more: Partial<Row> = {}): Row {
  return { name, program: 'kubectl', steps, ...more };
}

/** Rows that need a node. The pod `talker` has written three lines and ended. */
export const NODE: readonly Row[] = [
  node('logs', [
    ['logs', 'talker'],
    ['logs', 'talker', '--tail=1', '--timestamps'],
    ['logs', 'talker', '-c', 'talker', '--limit-bytes=10'],
    ['logs', '-l', 'app=talker', '--prefix', '--since=1h'],
    ['logs', 'talker', '--all-containers'],
    ['logs', 'pod/talker', '--since-time=2026-01-01T00:00:00Z', '--tail=2'],
  ]),
  node('logs --follow', [
    ['logs', '--follow', 'talker'],
    ['logs', '-f', '-l', 'app=talker', '--max-log-requests=2', '--tail=1'],
  ]),
  node(
    'logs of what is not there',
    [
      ['logs', 'none'],
      ['logs', 'talker', '-c', 'none'],
      ['logs', 'talker', '--previous'],
    ],
    { codes: [1, 1, 1] },
  ),
  node('get and describe of a pod that ran', [
    ['get', 'pods', '-o', 'wide'],
    ['get', 'pod', 'talker', '-o', 'jsonpath={.status.phase} {.status.containerStatuses[0].state.terminated.reason}'],
    ['describe', 'pod', 'talker'],
    ['get', 'nodes', '-o', 'name'],
    ['describe', 'node', 'lab-node'],
  ]),
  node('wait for a pod', [['wait', 'pod/talker', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=50s']]),
];
