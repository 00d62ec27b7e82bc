// SPDX-License-Identifier: Apache-2.0
import type { Client, Row } from '../row.ts';

function streams(name: string, program: Client, steps: Row['steps']): Row {
  return { name, program, steps };
}

/** Sessions in a pod \`ports\`, and connections to its ports, by client libraries; what each does stands in its source. */
export const STREAMS: readonly Row[] = [
  streams('client-go, exec', 'client-go', [
    ['exec', 'websocket'],
    ['exec', 'spdy'],
  ]),
  streams('client-go, port-forward', 'client-go', [
    ['forward', 'websocket'],
    ['forward', 'spdy'],
  ]),
  streams('JavaScript, exec', 'javascript', [['exec']]),
  streams('JavaScript, port-forward', 'javascript', [['forward']]),
  streams('Python, logs', 'python', [['logs']]),
  streams('Python, exec', 'python', [['exec']]),
  streams('Python, port-forward', 'python', [['forward']]),
];
