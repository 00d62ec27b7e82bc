// SPDX-License-Identifier: Apache-2.0
import { BUSYBOX_IMAGE } from '@countersign/lab';
import type { Row, Step } from '../row.ts';

const IMAGE = [`--image=${BUSYBOX_IMAGE}`, '--image-pull-policy=IfNotPresent'];
/** Says back its input and ends with 7. */
const ECHO = ['sh', '-c', 'cat; echo problem >&2; exit 7'];
/**
 * Says back one line: who is attached doesn't close the input of a container, but is let go of when his own ends. It stays for
 * a second, as the last words of a container get lost in the runtime at times, without a gateway too.
 */
const LINE = ['sh', '-c', 'read line; echo "heard $line"; sleep 1'];
const ONE_LINE = { stdin: 'a word\n', keepsStdin: true } as const;

const TRANSPORTS = [
  ['WebSocket', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'true' }],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
] as const;

type Transport = (typeof TRANSPORTS)[number];

/** What a name ends with that each of the two transports has for itself. */
const of = ([transport]: Transport, name: string) => `${name}-${transport.toLowerCase()}`;

function sessions(what: string, transport: Transport, steps: readonly Step[], more: Partial<Row> = {}): Row {
  const [name, env] = transport;
  return { name: `${what}, ${name}`, program: 'kubectl', steps, env, ...more };
}

function rowsOf(transport: Transport): readonly Row[] {
  return [
    sessions(
      'exec: input to its end, both outputs, exit codes',
      transport,
      [
        ['exec', '-i', 'ports', '--', ...ECHO],
        ['exec', 'ports', '-c', 'main', '--', 'sh', '-c', 'printf "a b" ; exit 0'],
        ['exec', 'ports', '--', '/no/such/program'],
        ['exec', 'ports', '-c', 'none', '--', 'true'],
        ['exec', 'none', '--', 'true'],
      ],
      { codes: [7, 0, 1, 1, 1], stdin: `${'0123456789\n'.repeat(20_000)}` },
    ),
    sessions(
      'cp: in, out, and what is not there',
      transport,
      [
        ['cp', '../tls.crt', `ports:/tmp/${of(transport, 'there')}`],
        ['cp', `ports:/tmp/${of(transport, 'there')}`, 'back'],
        ['cp', 'tree', `ports:/tmp/${of(transport, 'tree')}`],
        ['cp', `ports:/tmp/${of(transport, 'tree')}/deep`, 'deep-back'],
        ['cp', 'ports:/no/such/file', 'nothing'],
      ],
      { files: { 'tree/one': 'one', 'tree/deep/two': 'two\n' } },
    ),
    sessions('attach', transport, [['attach', '-i', of(transport, 'listens')]], ONE_LINE),
    sessions(
      'run, which attaches',
      transport,
      [['run', of(transport, 'once'), ...IMAGE, '--restart=Never', '-i', '--rm', '--quiet', '--', ...ECHO]],
      { codes: [7], stdin: 'in\n' },
    ),
    sessions(
      'debug: an ephemeral container, attached',
      transport,
      [
        ['debug', 'ports', ...IMAGE, '-c', of(transport, 'looks'), '-i', '--', ...LINE],
        ['debug', 'ports', ...IMAGE, '-c', of(transport, 'beside'), '--target=main', '--attach', '-i', '--', ...LINE],
        ['get', 'pod', 'ports', '-o', 'jsonpath={.spec.ephemeralContainers[*].name}'],
      ],
      ONE_LINE,
    ),
  ];
}

/** Sessions by kubectl, in pods `ports` and, to be attached to once, `listens-websocket` and `listens-spdy`. */
export const SESSIONS: readonly Row[] = TRANSPORTS.flatMap(rowsOf);

/** The pods that are attached to. */
export function listeners(namespace: string) {
  return TRANSPORTS.map((transport) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: of(transport, 'listens') },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: BUSYBOX_IMAGE, stdin: true, command: LINE }],
    },
  }));
}
