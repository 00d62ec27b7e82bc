// SPDX-License-Identifier: Apache-2.0
import { BUSYBOX_IMAGE } from '@countersign/lab';
import type { Act, Row, Step } from '../row.ts';

const IMAGE = [`--image=${BUSYBOX_IMAGE}`, '--image-pull-policy=IfNotPresent'];
/** Says back its input and ends with 7. */
const ECHO = ['sh', '-c', 'cat; echo problem >&2; exit 7'];
/** The same of a container itself: it stays for a second, as its last words get lost in the runtime at times, without a gateway too. */
const ECHO_ITSELF = ['sh', '-c', 'cat; echo problem >&2; sleep 1; exit 7'];
/**
 * Says back one line: who is attached doesn't close the input of a container, but is let go of when his own ends. It stays for
 * a second as well.
 */
const LINE = ['sh', '-c', 'read line; echo "heard $line"; sleep 1'];
const ONE_LINE = { stdin: 'a word\n', keepsStdin: true } as const;

/**
 * It is the pod that isn't there, and no file: of a file, tar says at its very end that it failed, and kubectl ends as soon as it
 * has read the end of the archive. What it shows then, and its exit code, are a matter of milliseconds, without a gateway too.
 * For the same reason paths to copy from are relative: of others tar says that it leaves out their first slash.
 */
const NOTHING_TO_COPY = ['cp', 'none:/tmp/file', 'nothing'];

/** Says when its terminal has a size; of one that has none yet `stty` complains. */
const sized = (rows: number, columns: number) =>
  `until [ "$(stty size 2>/dev/null)" = "${rows} ${columns}" ]; do sleep 0.1; done; echo "${columns} by ${rows}"`;
const SIZES = `${sized(24, 80)}; ${sized(33, 111)}; read line; echo "heard $line"`;
const AT_A_TERMINAL: readonly Act[] = [
  { after: '80 by 24', size: { columns: 111, rows: 33 } },
  { after: '111 by 33', types: 'a word\r' },
];
/** Who attaches to a terminal sees what comes from then on: it waits for a line, and says its last words as {@link LINE} does. */
const ATTACHED = ['sh', '-c', `read line; ${SIZES}; sleep 1`];
const AT_AN_ATTACHED_TERMINAL: readonly Act[] = [{ types: '\r' }, ...AT_A_TERMINAL];

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
        ['cp', `ports:tmp/${of(transport, 'there')}`, 'back'],
        ['cp', 'tree', `ports:/tmp/${of(transport, 'tree')}`],
        ['cp', `ports:tmp/${of(transport, 'tree')}/deep`, 'deep-back'],
        NOTHING_TO_COPY,
      ],
      { files: { 'tree/one': 'one', 'tree/deep/two': 'two\n' }, codes: [0, 0, 0, 0, 1] },
    ),
    sessions('attach', transport, [['attach', '-i', of(transport, 'listens')]], ONE_LINE),
    sessions(
      'exec at a terminal whose window changes',
      transport,
      [{ terminal: ['exec', '-it', 'ports', '--', 'sh', '-c', `${SIZES}; exit 7`], acts: AT_A_TERMINAL }],
      { codes: [7] },
    ),
    sessions('attach at a terminal whose window changes', transport, [
      { terminal: ['attach', '-it', of(transport, 'terminal')], acts: AT_AN_ATTACHED_TERMINAL },
    ]),
    sessions('debug at a terminal whose window changes', transport, [
      {
        terminal: ['debug', 'ports', ...IMAGE, '-c', of(transport, 'seen'), '-it', '--', ...ATTACHED],
        acts: AT_AN_ATTACHED_TERMINAL,
      },
    ]),
    sessions(
      'run, which attaches',
      transport,
      [['run', of(transport, 'once'), ...IMAGE, '--restart=Never', '-i', '--rm', '--quiet', '--', ...ECHO_ITSELF]],
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

/** What each transport attaches to once. */
const ATTACHED_TO = TRANSPORTS.flatMap((transport) => [
  { name: of(transport, 'listens'), command: LINE, tty: false },
  { name: of(transport, 'terminal'), command: ATTACHED, tty: true },
]);

/** Sessions by kubectl, in pods `ports` and {@link ATTACHED_PODS}. */
export const SESSIONS: readonly Row[] = TRANSPORTS.flatMap(rowsOf);

/** Names of the pods that are attached to. */
export const ATTACHED_PODS: readonly string[] = ATTACHED_TO.map(({ name }) => name);

export function attachedPods(namespace: string) {
  return ATTACHED_TO.map(({ name, command, tty }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: BUSYBOX_IMAGE, stdin: true, tty, command }],
    },
  }));
}
