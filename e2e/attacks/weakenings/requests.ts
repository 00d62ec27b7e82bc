// SPDX-License-Identifier: Apache-2.0
import type { Weakening } from '../weakening.ts';

const HTTP1 = 'apps/gateway/src/data/http1.ts';
const RECEIVE = 'apps/gateway/src/stages/receive.ts';
const PARSE = 'apps/gateway/src/stages/parse.ts';
const FORWARD = 'apps/gateway/src/stages/forward.ts';
const SPLIT_TARGET = 'packages/kube/src/split-target.ts';
const UPGRADE_OFFER = 'packages/kube/src/upgrade-offer.ts';
const PARAMETERS = 'packages/kube/src/parameters.ts';

const slashInSegment = {
  file: SPLIT_TARGET,
  find: "const plainSegment = /^[A-Za-z0-9\\-._~:@!$&'()*+,=]+$/;",
  replace: "const plainSegment = /^[A-Za-z0-9\\-._~:@!$&'()*+,=/]+$/;",
};

const dotSegments = { file: SPLIT_TARGET, find: " || segment === '.' || segment === '..'", replace: '' };

/** What opens rows about connections, headers, paths, verbs and framing. */
export const requestWeakenings: readonly Weakening[] = [
  {
    row: 1,
    what: 'what follows an upgrade is read as the next request',
    edits: [{ file: HTTP1, find: "  server.on('upgrade', takeUpgrade);\n", replace: '' }],
    reddens: ['a request behind an upgrade that is refused', 'a request behind an exec that is refused'],
  },
  {
    row: 2,
    what: 'headers that Connection names are left out, as a proxy leaves them out',
    edits: [
      {
        file: FORWARD,
        find: '...identityLines(exchange),',
        replace:
          "...identityLines(exchange).filter(([name]) => !exchange.incoming.headers.some(([hop, value]) => hop === 'connection' && value.toLowerCase().includes(name))),",
      },
    ],
    reddens: ['Connection names the headers that impersonate', 'Connection names them, in capitals'],
  },
  {
    row: 3,
    what: 'impersonation is refused by a list of names',
    edits: [
      {
        file: RECEIVE,
        find: 'IDENTITY_PREFIXES.some((prefix) => folded.startsWith(prefix))',
        replace: "['impersonate-user', 'impersonate-group'].includes(folded)",
      },
    ],
    reddens: ['a uid', 'extra facts, with an escape in the name', 'the headers of an authenticating proxy'],
  },
  {
    row: 3,
    what: 'an underscore makes another header of it',
    edits: [{ file: RECEIVE, find: "name.replaceAll('_', '-')", replace: 'name' }],
    reddens: ['underscores', 'mixed case and underscores'],
  },
  {
    row: 6,
    what: 'an escaped slash is part of a name',
    edits: [slashInSegment],
    reddens: ['an escaped slash: the name of a namespace becomes a list of its Secrets'],
  },
  {
    row: 6,
    what: 'dots are names like others',
    edits: [dotSegments],
    reddens: ['dot segments into another namespace', 'escaped dot segments', 'a single dot'],
  },
  {
    row: 6,
    what: 'the target goes upstream as it came',
    edits: [{ file: FORWARD, find: 'target: serializeTarget(exchange.request),', replace: 'target: exchange.target,' }],
    reddens: ['an escaped letter: read once, and sent as it was read'],
  },
  {
    row: 7,
    what: 'a URL library reads the target',
    edits: [
      {
        file: RECEIVE,
        find: 'CLUSTER_TARGET.exec(incoming.target)',
        replace: "CLUSTER_TARGET.exec(new URL(incoming.target, 'https://gateway').pathname)",
      },
    ],
    reddens: ['the absolute form', 'two slashes make a host of the cluster', "dots in front of the cluster's prefix"],
  },
  {
    row: 8,
    what: 'an escaped slash is part of a name, which a proxy in front passes',
    edits: [slashInSegment],
    reddens: ["every case of the parser, through Go's reverse proxy", 'every path that routers read differently'],
  },
  {
    row: 9,
    what: 'dots are names like others, at both ends of the tunnel',
    edits: [
      dotSegments,
      { file: 'packages/wire/src/tunnel-request.ts', find: ' || DOT_SEGMENT.test(segment)', replace: '' },
    ],
    reddens: ['dots, escaped dots and slashes out of the base path'],
  },
  {
    row: 9,
    what: 'the connector forgets the base path',
    edits: [
      {
        file: 'apps/connector/src/upstream/http1-call.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a source file
        find: 'path: `${credential.basePath}${request.target}`,',
        replace: 'path: request.target,',
      },
    ],
    reddens: ['control: what is asked for stands behind the base path'],
  },
  {
    row: 10,
    what: 'a parameter may stand twice',
    edits: [
      {
        file: PARAMETERS,
        find: 'if (seen.has(name) && parameter.repeatable === undefined) {',
        replace: "if (seen.has(name) && name === '') {",
      },
    ],
    reddens: [
      'two values: the API server lists, another parser watches',
      'a dry run twice',
      'every case of the parser',
    ],
  },
  {
    row: 11,
    what: 'an upgrade of what is no session is a request like others',
    edits: [
      {
        file: PARSE,
        find: "if (lane !== 'exec' && lane !== 'portforward') return new Fault('ERR_UPGRADE_UNSUPPORTED');",
        replace: "if (lane !== 'exec' && lane !== 'portforward') return undefined;",
      },
    ],
    reddens: ['logs over WebSocket', 'Upgrade alone'],
  },
  {
    row: 13,
    what: 'a sub-protocol that nobody speaks is taken for one that somebody does',
    edits: [
      {
        file: UPGRADE_OFFER,
        find: 'if (chosen !== undefined) return chosen;',
        replace: "if (chosen !== undefined || lane === 'exec') return chosen ?? channelsV5;",
      },
    ],
    reddens: ['an exec in base64', 'an exec without exit codes'],
  },
  {
    row: 13,
    what: 'Connection may name what it likes beside an upgrade',
    edits: [
      {
        file: UPGRADE_OFFER,
        find: " || connection.some((token) => token !== 'upgrade' && token !== 'keep-alive')",
        replace: '',
      },
    ],
    reddens: ['an exec beside whose upgrade Connection names another header'],
  },
  {
    row: 14,
    what: 'a GET of exec is a get of a pod',
    edits: [
      {
        file: 'packages/kube/src/parse-request.ts',
        find: "new Set(['exec', 'attach', 'portforward', 'proxy'])",
        replace: "new Set(['attach', 'portforward', 'proxy'])",
      },
    ],
    reddens: ['exec, over', 'exec with an escaped letter'],
  },
  {
    row: 16,
    what: 'a container may stand twice',
    edits: [
      {
        file: PARAMETERS,
        find: 'container: text,\n    follow: boolean,',
        replace: 'container: texts,\n    follow: boolean,',
      },
    ],
    reddens: ['two containers'],
  },
  {
    row: 20,
    what: 'a body may nest as deep as it likes',
    edits: [
      {
        file: 'packages/kube/src/parse-json.ts',
        find: 'export const MAX_BODY_DEPTH = 100;',
        replace: 'export const MAX_BODY_DEPTH = 1_000_000;',
      },
    ],
    reddens: ['brackets without end'],
  },
  {
    row: 21,
    what: 'the last of two keys counts',
    edits: [
      { file: 'packages/kube/src/parse-json.ts', find: 'if (members.has(key)) {', replace: "if (key === '\\0') {" },
    ],
    reddens: ['a key twice, over', 'a key twice, once escaped', 'the kind twice'],
  },
  {
    row: 21,
    what: 'numbers are those of JavaScript',
    edits: [
      {
        file: 'packages/kube/src/parse-json.ts',
        find: 'return new JsonNumber(number);',
        replace: 'return new JsonNumber(String(Number(number)));',
      },
    ],
    reddens: ['a number past 2^53 is stored as it was sent'],
  },
  {
    row: 22,
    what: 'YAML is taken for JSON',
    edits: [
      {
        file: 'packages/kube/src/content-type.ts',
        find: "['application/yaml', 'yaml'],",
        replace: "['application/yaml', 'json'],",
      },
    ],
    reddens: ['YAML, over'],
  },
  {
    row: 22,
    what: 'an encoding of the body is not looked at',
    edits: [
      {
        file: RECEIVE,
        find: "if (headers.contentEncoding !== undefined && headers.contentEncoding !== 'identity') {",
        replace: "if (headers.contentEncoding === '') {",
      },
    ],
    reddens: ['a compressed body'],
  },
  {
    row: 23,
    what: "Node's parser takes what others would read differently",
    edits: [
      {
        file: HTTP1,
        find: 'requireHostHeader: false,',
        replace: 'requireHostHeader: false,\n    insecureHTTPParser: true,',
      },
    ],
    reddens: ['a length and chunks'],
  },
  {
    row: 24,
    what: 'a header says where a caller is',
    edits: [
      {
        file: HTTP1,
        find: "remoteAddress: request.socket.remoteAddress ?? '',",
        replace: "remoteAddress: String(request.headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? ''),",
      },
    ],
    reddens: [
      'an address of its own choice, over HTTP/1.1',
      'an address in headers: on record stands whose connection it was',
    ],
  },
  {
    row: 34,
    what: 'HTTP/2 and TLS wait for their peers as long as those like',
    edits: [
      {
        file: 'apps/gateway/src/data/listener.ts',
        find: 'const timer = setTimeout(() => session.close(), firstRequestMs).unref();',
        replace: 'const timer = setTimeout(() => session.close(), 1_000 * firstRequestMs).unref();',
      },
      {
        file: 'apps/gateway/src/data/listener.ts',
        find: 'handshakeTimeout: settings.handshakeTimeoutMs,',
        replace: 'handshakeTimeout: 600_000,',
      },
    ],
    reddens: ['silence: behind TCP'],
  },
];
