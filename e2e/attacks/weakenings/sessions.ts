// SPDX-License-Identifier: Apache-2.0
import type { Weakening } from '../weakening.ts';

const PORTS = 'apps/gateway/src/streams/port-forward/port-relay.ts';
const RELAY = 'apps/gateway/src/streams/exec/relay-exec.ts';

/** What opens rows about sessions. */
export const sessionWeakenings: readonly Weakening[] = [
  {
    row: 1,
    what: 'whatever upstream agrees to is what was asked for',
    edits: [
      {
        file: 'apps/gateway/src/stages/connect.ts',
        find: '() => checkWebSocketAnswer(answer.headers, { key, protocol }, sha1)',
        replace: '() => {}',
      },
    ],
    reddens: ['a 101 that agrees to something else'],
  },
  {
    row: 1,
    what: 'an exec that is answered is switched, whatever the answer',
    edits: [
      {
        file: 'apps/connector/src/upstream/upgrade-call.ts',
        find: "response.once('close', () => socket.destroy());",
        replace: "socket.write('early');",
      },
    ],
    reddens: ['bytes behind an exec that upstream does not switch'],
  },
  {
    row: 13,
    what: 'a frame need not be masked',
    edits: [
      {
        file: 'packages/kube/src/websocket/frame-head.ts',
        find: "if (masked !== (this.#peer === 'client'))",
        replace: "if (masked && this.#peer === 'server')",
      },
    ],
    reddens: ['a frame without a mask'],
  },
  {
    row: 13,
    what: 'what is typed is passed on, and not recorded',
    edits: [
      {
        file: RELAY,
        find: "const isRecorded = input.type !== 'stdin' || this.#parts.recordsStdin;",
        replace: "const isRecorded = input.type !== 'stdin';",
      },
    ],
    reddens: ['stdin in text frames'],
  },
  {
    row: 15,
    what: "a caller's own header says what is recorded",
    edits: [
      {
        file: 'apps/gateway/src/stages/record.ts',
        find: 'recordsUp(exchange, parts.recordsStdin()) ?',
        replace: "recordsUp(exchange, parts.recordsStdin()) && exchange.headers.userAgent !== 'quiet' ?",
      },
    ],
    reddens: ['an exec that asks not to be recorded'],
  },
  {
    row: 15,
    what: 'what goes into an archive is not recorded',
    edits: [
      {
        file: 'apps/gateway/src/stages/record.ts',
        find: 'recordsUp(exchange, parts.recordsStdin()) ?',
        replace:
          "recordsUp(exchange, parts.recordsStdin()) && !JSON.stringify(exchange.request).includes('--to-command') ?",
      },
    ],
    reddens: ['a tar that hands what it unpacks to a command'],
  },
  {
    row: 27,
    what: 'a player gives its terminal what was recorded',
    edits: [
      {
        file: 'packages/recording/src/replay.ts',
        find: 'const text = this.#outputs[frame.channel].push(frame.bytes);',
        replace: 'const text = new TextDecoder().decode(frame.bytes);',
      },
    ],
    reddens: ['escapes in what a container prints'],
  },
  {
    row: 16,
    what: 'policy sees the program of a command alone',
    edits: [
      {
        file: 'packages/policy/src/session-facts.ts',
        find: 'argv: [...new Set(argv)]',
        replace: 'argv: argv.slice(0, 1)',
      },
    ],
    reddens: ['a command of many words'],
  },
  {
    row: 16,
    what: 'policy does not see terminals',
    edits: [
      {
        file: 'packages/policy/src/session-facts.ts',
        find: "tty: queryBoolean(query, 'tty'),",
        replace: 'tty: false,',
      },
    ],
    reddens: ['a terminal, however it is asked for'],
  },
  {
    row: 28,
    what: 'what is printed is passed on, and not recorded',
    edits: [
      {
        file: RELAY,
        find: 'this.#down.pass(bytes.length, { channel, bytes },',
        replace: 'this.#down.pass(bytes.length, undefined,',
      },
    ],
    reddens: ['a session that says nothing of its terminal', 'a terminal that never says its size'],
  },
  {
    row: 28,
    what: 'a frame that could not be recorded is passed on all the same',
    edits: [
      {
        file: 'apps/gateway/src/streams/recorded-way.ts',
        find: '    await durable;\n',
        replace: '    await durable?.catch(() => {});\n',
      },
    ],
    reddens: ['a recorder that fails in the middle of a session'],
  },
  {
    row: 16,
    what: 'the ports of a port-forward are opened without a decision of their own',
    edits: [{ file: PORTS, find: ': await gate.admit(port);', replace: ': undefined;' }],
    reddens: ['ports of one port-forward'],
  },
  {
    row: 25,
    what: 'a port that is open is not decided again',
    edits: [
      {
        file: 'apps/gateway/src/streams/port-forward/port-gate.ts',
        find: '    parts.add(part);\n',
        replace: '',
      },
    ],
    reddens: ['a port that policy closes'],
  },
  {
    row: 34,
    what: 'of a message that goes on whatever comes is held until there is enough of it',
    edits: [
      {
        file: 'apps/gateway/src/streams/web-socket-pieces.ts',
        find: ' && this.#held.length < MAX_PIECES',
        replace: '',
      },
    ],
    reddens: ['a message byte by byte'],
  },
];
