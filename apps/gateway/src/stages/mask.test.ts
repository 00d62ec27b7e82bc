// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { LearnedValues, maskingFor } from '@countersign/mask';
import type { Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { mask } from './mask.ts';

const ID = '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11';
const CANARY = 'hunter2-in-plain-text';

const SECRET = '/api/v1/namespaces/demo/secrets/database';
const CONFIG_MAP = '/api/v1/namespaces/demo/configmaps/settings';

interface Given {
  readonly lane?: string;
  readonly reveal?: boolean;
}

/** What becomes of an answer to a get, of a Secret unless another target is named. */
async function masked(
  status: number,
  headers: readonly (readonly [string, string])[],
  target = SECRET,
  { lane = 'read', reveal = false }: Given = {},
) {
  const exchange = {
    id: ID,
    cluster: 'lab',
    headers: {},
    lane,
    request: parseRequest('GET', target),
    masking: reveal ? undefined : maskingFor(parseRequest('GET', target)),
    response: { status, headers, body: Readable.from([Buffer.from(CANARY)]) },
  } as unknown as Forwarded;
  const result = await mask(oneShotHmac(new Uint8Array(32)))(exchange);
  if (result instanceof Fault) throw result;
  const chunks = await Array.fromAsync(result.response.body as AsyncIterable<Buffer>);
  return { ...result, text: Buffer.concat(chunks).toString('utf8') };
}

test('the plain text of a full API server becomes a Status with its status and its Retry-After, without its words', async () => {
  const { response, text, masker } = await masked(429, [
    ['content-type', 'text/plain; charset=utf-8'],
    ['retry-after', '7'],
  ]);
  const { kind, reason, code, details } = JSON.parse(text);
  assert.deepEqual([kind, reason, code], ['Status', 'TooManyRequests', 429]);
  assert.deepEqual(details, { uid: ID, retryAfterSeconds: 7 });
  assert.doesNotMatch(text, new RegExp(CANARY));
  assert.equal(masker, undefined);
  assert.deepEqual(
    [response.status, new Map(response.headers).get('content-type'), new Map(response.headers).get('retry-after')],
    [429, 'application/json', '7'],
  );
});

test('so does any other error that is no JSON, or that says nothing of what it is', async () => {
  for (const [status, reason] of [
    [503, 'ServiceUnavailable'],
    [500, 'InternalError'],
    [418, 'BadRequest'],
  ]) {
    const { text } = await masked(Number(status), []);
    assert.deepEqual([JSON.parse(text).code, JSON.parse(text).reason], [status, reason]);
    assert.doesNotMatch(text, new RegExp(CANARY));
  }
});

test('what is no error and can not be read is withheld', async () => {
  await assert.rejects(masked(200, [['content-type', 'text/plain']]), { code: 'ERR_MASK_CONTENT_TYPE' });
  const gzip = [
    ['content-type', 'application/json'],
    ['content-encoding', 'gzip'],
  ] as const;
  await assert.rejects(masked(200, gzip), { code: 'ERR_MASK_CONTENT_ENCODING' });
});

test('what a permit reveals passes as it came, in a form that was asked for', async () => {
  for (const type of ['application/json', 'application/vnd.kubernetes.protobuf;stream=watch', 'text/plain']) {
    const { text, masker, response } = await masked(200, [['content-type', type]], CONFIG_MAP, { reveal: true });
    assert.deepEqual([text, masker, new Map(response.headers).get('content-type')], [CANARY, undefined, type]);
  }
});

test('what a permit reveals is withheld all the same in a form that nobody asked for', async () => {
  const gzip = [
    ['content-type', 'application/json'],
    ['content-encoding', 'gzip'],
  ] as const;
  for (const headers of [[], [['content-type', 'application/yaml']], [['content-type', 'text/html']], gzip] as const) {
    await assert.rejects(masked(200, headers, CONFIG_MAP, { reveal: true }), { code: 'ERR_ANSWER_MALFORMED' });
    const { response, text } = await masked(404, headers, CONFIG_MAP, { reveal: true });
    assert.deepEqual([response.status, JSON.parse(text).reason], [404, 'NotFound']);
    assert.doesNotMatch(text, new RegExp(CANARY));
  }
});

test('every other resource is masked too, and what no table can read is withheld', async () => {
  const { masker } = await masked(200, [['content-type', 'application/json']], CONFIG_MAP);
  const body = Buffer.from(JSON.stringify({ data: { DB_PASSWORD: CANARY, 'log.level': 'debug' } }));
  const out = JSON.parse(Buffer.concat([masker?.write(body) ?? body, masker?.end() ?? body]).toString());
  assert.match(out.data.DB_PASSWORD, /^masked-v1-password-[a-z2-7]{26}$/);
  assert.equal(out.data['log.level'], 'debug');
  for (const type of ['application/vnd.kubernetes.protobuf', 'text/plain', 'application/yaml']) {
    await assert.rejects(masked(200, [['content-type', type]], CONFIG_MAP), { code: 'ERR_MASK_CONTENT_TYPE' });
  }
});

test('an error in plain text keeps its words, masked as text, but for those about Secrets', async () => {
  const { masker, response } = await masked(404, [['content-type', 'text/plain']], CONFIG_MAP);
  assert.equal(response.status, 404);
  const words = Buffer.from(`token=${CANARY}\n- "Value": "${CANARY}"\n`);
  const told = Buffer.concat([masker?.write(words) ?? words, masker?.end() ?? words]).toString();
  assert.match(told, /^token=masked-v1-password-[a-z2-7]{26}\nmasked-v1-field-[a-z2-7]{26}$/);
  for (const type of ['text/plain; charset=utf-16', 'application/vnd.kubernetes.protobuf']) {
    assert.equal(JSON.parse((await masked(404, [['content-type', type]], CONFIG_MAP)).text).kind, 'Status');
  }
  const html = await masked(502, [['content-type', 'text/html']], CONFIG_MAP);
  assert.equal(JSON.parse(html.text).kind, 'Status');
});

test('an answer without a body has none', async () => {
  const { text, masker } = await masked(204, [], CONFIG_MAP);
  assert.deepEqual([text, masker], ['', undefined]);
});

const LOG = '/api/v1/namespaces/demo/pods/web/log?container=main';
const TEXT = ['content-type', 'text/plain'] as const;
const LINE = Buffer.from(`password=${CANARY}\n`);

test('a log is masked as text, unless a permit reveals it', async () => {
  const { masker } = await masked(200, [TEXT], LOG, { lane: 'logs' });
  assert.match(Buffer.from(masker?.write(LINE) ?? []).toString(), /^password=masked-v1-password-[a-z2-7]{26}\n$/);
  assert.deepEqual(masker?.counts(), { 'named-value': 1 });
  assert.equal((await masked(200, [TEXT], LOG, { lane: 'logs', reveal: true })).masker, undefined);
});

test('a log in a form that cannot be read as text is withheld', async () => {
  const types = ['application/json', 'text/html', 'text/plain; charset=utf-16', 'application/octet-stream'];
  for (const type of types) {
    await assert.rejects(masked(200, [['content-type', type]], LOG, { lane: 'logs' }), {
      code: 'ERR_ANSWER_MALFORMED',
    });
  }
  const gzip = [TEXT, ['content-encoding', 'gzip']] as const;
  await assert.rejects(masked(200, gzip, LOG, { lane: 'logs' }), { code: 'ERR_ANSWER_MALFORMED' });
});

test('a warning is masked as text, and taken out where it may quote a Secret', async () => {
  const warning = ['warning', `299 - "unknown field, token=${CANARY}"`] as const;
  const json = ['content-type', 'application/json'] as const;
  const found = async (target: string, reveal: boolean) =>
    new Map((await masked(200, [json, warning], target, { reveal })).response.headers).get('warning');
  assert.match(
    String(await found(CONFIG_MAP, false)),
    /^299 - "unknown field, token=masked-v1-password-[a-z2-7]{26}"$/,
  );
  assert.equal(await found(SECRET, false), undefined);
  assert.equal(await found(SECRET, true), warning[1]);
});

/** The warnings of the answer to a patch of a ConfigMap that carried the canary. */
async function warned(...warnings: readonly string[]): Promise<readonly string[]> {
  const learned = new LearnedValues();
  learned.add(Buffer.from(CANARY));
  const request = parseRequest('PATCH', CONFIG_MAP);
  const exchange = {
    id: ID,
    cluster: 'lab',
    headers: {},
    lane: 'write',
    request,
    masking: maskingFor(request),
    body: { written: { packed: learned.pack(), carriesValues: true } },
    response: {
      status: 200,
      headers: [['content-type', 'application/json'], ...warnings.map((value) => ['warning', value])],
      body: Readable.from([]),
    },
  } as unknown as Forwarded;
  const result = await mask(oneShotHmac(new Uint8Array(32)))(exchange);
  if (result instanceof Fault) throw result;
  return result.response.headers.flatMap(([name, value]) => (name === 'warning' ? [value] : []));
}

const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/g;

test('a warning tells no value that the write carried, in whatever spelling', async () => {
  for (const [given, told] of [
    [`299 - "env value ${CANARY} is not allowed"`, '299 - "env value …"'],
    [`299 - "env value \\"${CANARY}\\" is not allowed"`, '299 - "env value \\"…\\" is not allowed"'],
    [`299 - "one", 299 webhook "${CANARY}" "Mon, 30 Nov 2026 10:00:00 GMT"`, '299 - "one"|299 webhook "…"'],
    [
      `299 - "data.password: Invalid value: \\"${CANARY}\\\\\\"\\": bad"`,
      '299 - "data.password: Invalid value: \\"…\\": bad"',
    ],
  ] as const) {
    assert.equal((await warned(given)).join('|').replace(MASK, '…'), told);
  }
  const [one, other] = [await warned(`299 - "${CANARY}"`), await warned(`299 - "${CANARY}"`)];
  assert.notDeepEqual(one, other, 'nobody can compare a guess with it');
  assert.deepEqual(await warned(`${CANARY}`, `299 - ${CANARY}`, '299 - "kept"'), ['299 - "kept"']);
});

test('a warning that quotes no value keeps its words', async () => {
  for (const words of [
    'unknown field \\"spec.template.spec.surprise\\"',
    'duplicate field \\"data.password\\"',
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \\"kubernetes.io/os\\" instead',
    'would violate PodSecurity \\"restricted:latest\\": runAsNonRoot != true (pod or container \\"web\\" must set securityContext.runAsNonRoot=true)',
    'spec.template.spec.containers[0].env[1]: hides previous definition of \\"DB_PASSWORD\\", which may be dropped when using apply',
    'metadata.finalizers: \\"keep\\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
    'größer als erlaubt',
  ]) {
    const line = Buffer.from(`299 - "${words}"`).toString('latin1');
    assert.deepEqual(await warned(line), [line]);
  }
});

test('an error where no table says what is masked is masked as text', async () => {
  const { masker } = await masked(500, [['content-type', 'application/json']], '/version');
  const status = { kind: 'Status', message: `dial postgres://app:${CANARY}@db: refused`, code: 500 };
  const out = Buffer.concat([masker?.write(Buffer.from(JSON.stringify(status))) ?? LINE, masker?.end() ?? LINE]);
  assert.match(JSON.parse(out.toString()).message, /^dial postgres:\/\/app:masked-v1-url-[a-z2-7]{26}@db: refused$/);
});
