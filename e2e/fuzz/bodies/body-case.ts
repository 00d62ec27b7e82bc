// SPDX-License-Identifier: Apache-2.0
import { Random } from '../random.ts';
import { changedTree, type JsonNode, textOf, treeOf } from './json-tree.ts';
import { changedWire, encodeTree, type WireTree } from './wire-tree.ts';

/** A write whose body has been changed. It can be made again from its seed and number. */
export interface BodyCase {
  readonly seed: number;
  readonly number: number;
  readonly method: string;
  /** Of a dry run, so that nothing is left behind. */
  readonly target: string;
  readonly contentType: string;
  /** As latin-1. */
  readonly body: string;
  readonly chunked: boolean;
}

interface Write {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: JsonNode | WireTree;
}

const CORE = '/api/v1/namespaces/demo';
const THINGS = '/apis/things.example.com/v1/namespaces/demo/things';
const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const container = { name: 'c', image: 'example.invalid/none', command: ['sh'] };
const thing = {
  apiVersion: 'things.example.com/v1',
  kind: 'Thing',
  metadata: { name: 'standing', labels: { a: 'b' }, annotations: { note: 'x' } },
  spec: { worth: 1, steps: [{ template: { metadata: { labels: { c: 'd' } }, spec: { containers: [container] } } }] },
};
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'made' }, spec: { containers: [container] } };
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } };

/** What stands there before: a Thing. A ConfigMap `settings` every lab has. */
export const STANDING = thing;

function json(method: string, path: string, type: string, body: object): Write {
  return { method, path, contentType: type, body: treeOf(body) };
}

/** An envelope of `runtime.Unknown`: what the object is, and the object. */
function enveloped(kind: string, object: WireTree): WireTree {
  return [
    [
      1,
      [
        [1, 'v1'],
        [2, kind],
      ],
    ],
    [2, object],
    [3, ''],
    [4, ''],
  ];
}

const entry = (key: string, value: string): WireTree => [
  [1, key],
  [2, value],
];
const metadata: WireTree = [
  [1, 'made'],
  [11, entry('a', 'b')],
  [12, entry('note', 'x')],
];

const WRITES: readonly Write[] = [
  json('POST', `${CORE}/configmaps`, JSON_TYPE, { ...settings, metadata: { name: 'made' } }),
  json('POST', `${CORE}/secrets`, JSON_TYPE, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'made' },
    data: {},
  }),
  json('POST', `${CORE}/pods`, JSON_TYPE, pod),
  json('POST', THINGS, JSON_TYPE, { ...thing, metadata: { ...thing.metadata, name: 'made' } }),
  json('POST', THINGS, JSON_TYPE, { ...thing, metadata: { ...thing.metadata, name: 'made' } }),
  json('PUT', `${CORE}/configmaps/settings`, JSON_TYPE, settings),
  json('PATCH', `${CORE}/configmaps/settings`, 'application/merge-patch+json', { data: { a: 'c' } }),
  json('PATCH', `${CORE}/configmaps/settings`, 'application/strategic-merge-patch+json', { data: { a: 'c' } }),
  json('PATCH', `${THINGS}/standing`, 'application/merge-patch+json', { spec: thing.spec }),
  json('PATCH', `${THINGS}/standing`, 'application/json-patch+json', [
    { op: 'add', path: '/spec/more', value: { image: 'y' } },
    { op: 'replace', path: '/spec/worth', value: 2 },
  ]),
  json('PATCH', `${THINGS}/applied?fieldManager=fuzz&force=true`, 'application/apply-patch+yaml', {
    ...thing,
    metadata: { name: 'applied' },
  }),
  {
    method: 'POST',
    path: `${CORE}/configmaps`,
    contentType: PROTOBUF,
    body: enveloped('ConfigMap', [
      [1, metadata],
      [2, entry('k', 'v')],
    ]),
  },
  {
    method: 'POST',
    path: `${CORE}/secrets`,
    contentType: PROTOBUF,
    body: enveloped('Secret', [
      [1, metadata],
      [2, entry('k', '\xff\x00')],
      [3, 'Opaque'],
    ]),
  },
  {
    method: 'POST',
    path: `${CORE}/pods`,
    contentType: PROTOBUF,
    body: enveloped('Pod', [
      [1, metadata],
      [
        2,
        [
          [
            2,
            [
              [1, 'c'],
              [2, 'example.invalid/none'],
              [15, [[2, 0]]],
            ],
          ],
          [11, 0],
          [12, 0],
        ],
      ],
    ]),
  },
];

const TYPES: readonly string[] = [
  ...[
    JSON_TYPE,
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=utf-16',
    '',
    'text/plain',
  ],
  ...['application/yaml', PROTOBUF, 'application/cbor', 'application/merge-patch+json', 'application/json-patch+json'],
  ...['application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/json, application/yaml'],
];

/** Changes of the whole text: what stands before it, behind it, or is missing from it. */
const AROUND: readonly ((text: string) => string)[] = [
  (text) => `\xef\xbb\xbf${text}`,
  (text) => `${text}{}`,
  (text) => `${text}\0`,
  (text) => `${text}x`,
  (text) => `${text}\n\n`,
  (text) => ` \t\r\n${text}`,
  (text) => `\x0c${text}`,
  (text) => `${text},`,
  (text) => text.slice(0, -1),
  (text) => `${text}${text}`,
  (text) => `/* */${text}`,
  (text) => `--- ${text}`,
  (text) => Array.from(text, (character) => `${character}\0`).join(''),
];

function isWire(body: JsonNode | WireTree): body is WireTree {
  return Array.isArray(body);
}

function changedBody(body: JsonNode | WireTree, random: Random): string {
  const changes = random.below(3);
  if (isWire(body)) {
    let tree = body;
    for (let i = 0; i < changes; i += 1) tree = changedWire(tree, random);
    return `k8s\0${encodeTree(tree)}`;
  }
  let tree = body;
  for (let i = 0; i < changes; i += 1) tree = changedTree(tree, random);
  return textOf(tree);
}

/** Case `number` of a seed. */
export function makeBodyCase(seed: number, number: number): BodyCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0xc2b2ae35));
  const { method, path, contentType, body } = random.pick(WRITES);
  const text = changedBody(body, random);
  return {
    seed,
    number,
    method,
    target: `${path}${path.includes('?') ? '&' : '?'}dryRun=All`,
    contentType: random.below(8) === 0 ? random.pick(TYPES) : contentType,
    body: random.below(6) === 0 ? random.pick(AROUND)(text) : text,
    chunked: random.below(3) === 0,
  };
}

/** The body as it goes on the wire, in chunks of seven bytes where it is chunked. */
export function framed({ body, chunked }: BodyCase): string {
  if (!chunked) return body;
  const chunks = body.match(/[\s\S]{1,7}/g) ?? [];
  return `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

/** As somebody can send it again. */
export function formatBodyCase({ seed, number, method, target, contentType, body, chunked }: BodyCase): string {
  return [
    `seed ${seed}, case ${number}: ${method} ${target}`,
    `Content-Type: ${contentType}${chunked ? ', chunked' : ''}`,
    `body in base64: ${Buffer.from(body, 'latin1').toString('base64')}`,
    `body: ${JSON.stringify(body.slice(0, 2_000))}`,
  ].join('\n');
}
