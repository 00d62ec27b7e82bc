// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually } from '../../installation/eventually.ts';
import type { Field } from '../field.ts';
import { type Try, triesOf } from '../try.ts';

const SECRETS = '/api/v1/namespaces/demo/secrets';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A request for something that holds the canary. `NAME` in its path is the Secret's. */
interface Form {
  readonly method?: string;
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** What is answered; default 200. */
  readonly status?: number;
}

/** The forms in which a value could come back. A new one is a line here. */
const forms: Readonly<Record<string, Form>> = {
  'an object': { path: '/NAME' },
  'a list': { path: '' },
  protobuf: { path: '/NAME', accept: 'application/vnd.kubernetes.protobuf' },
  'protobuf, with JSON behind it': { path: '', accept: 'application/vnd.kubernetes.protobuf,application/json' },
  'YAML, with JSON behind it': { path: '/NAME', accept: 'application/yaml,application/json' },
  'CBOR, with JSON behind it': { path: '', accept: 'application/cbor,application/json;q=0.5' },
  anything: { path: '/NAME', accept: '*/*' },
  'a Table of whole objects': { path: '?includeObject=Object', accept: TABLE },
  'a Table of metadata, whose annotations hold it': { path: '?includeObject=Metadata', accept: TABLE },
  'metadata, whose annotations hold it': { path: '/NAME', accept: METADATA },
  'metadata of many': { path: '', accept: METADATA.replace('Metadata;', 'MetadataList;') },
  'pretty JSON': { path: '/NAME?pretty=true' },
  'an empty merge patch': { method: 'PATCH', path: '/NAME', contentType: 'application/merge-patch+json', body: {} },
  'an empty JSON patch': { method: 'PATCH', path: '/NAME', contentType: 'application/json-patch+json', body: [] },
  'an empty apply': {
    method: 'PATCH',
    path: '/NAME?fieldManager=attack',
    contentType: 'application/apply-patch+yaml',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'NAME' } },
  },
  'a patch that fails, whose error prints the object': {
    method: 'PATCH',
    path: '/NAME',
    contentType: 'application/json-patch+json',
    body: [{ op: 'replace', path: '/data/password', value: 5 }],
    status: 422,
  },
  'a JSON patch that copies it into a label': {
    method: 'PATCH',
    path: '/NAME?dryRun=All',
    contentType: 'application/json-patch+json',
    body: [{ op: 'copy', from: '/data/password', path: '/metadata/labels' }],
    status: 422,
  },
  'a JSON patch that moves it into an annotation': {
    method: 'PATCH',
    path: '/NAME?dryRun=All',
    contentType: 'application/json-patch+json',
    body: [{ op: 'move', from: '/data/password', path: '/metadata/annotations/x' }],
    status: 422,
  },
  'a JSON patch that compares it': {
    method: 'PATCH',
    path: '/NAME?dryRun=All',
    contentType: 'application/json-patch+json',
    body: [{ op: 'test', path: 'x/data/password', value: 'YQ==' }],
    status: 422,
  },
  'a delete that is rehearsed': {
    method: 'DELETE',
    path: '/NAME',
    body: { dryRun: ['All'], propagationPolicy: 'Foreground' },
  },
};

const newCanary = () => `canary-${randomBytes(12).toString('hex')}`;

/** The canary as it may show itself: plain, hex, or within base64 at any of the three alignments. */
function formsOf(canary: string): readonly string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)]).toString('base64');
    return text.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [canary, Buffer.from(canary).toString('hex'), ...shifted];
}

function assertHidden(canary: string, text: string): void {
  for (const form of formsOf(canary)) assert.ok(!text.includes(form), `the value came through as ${form}`);
}

/** A Secret as `kubectl apply` leaves it: its value stands in an annotation too. */
async function givenSecret(field: Field, canary: string): Promise<string> {
  const name = `masked-${canary.slice(-8)}`;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { password: canary } };
  const annotations = { [LAST_APPLIED]: JSON.stringify(secret) };
  const made = await field.site
    .lab('lab')
    .admin.request('POST', SECRETS, { ...secret, metadata: { name, annotations } });
  assert.equal(made.status, 201);
  return name;
}

function masks(form: Form): Try['run'] {
  return async (field) => {
    const canary = newCanary();
    const name = await givenSecret(field, canary);
    const { method = 'GET', path, accept, contentType, body, status = 200 } = form;
    const text = body === undefined ? undefined : JSON.stringify(body).replaceAll('NAME', name);
    const answer = await field.bot.call(method, `${SECRETS}${path.replace('NAME', name)}`, {
      ...(text === undefined ? {} : { body: text }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(accept === undefined ? {} : { headers: { accept } }),
    });
    assert.equal(answer.status, status, answer.text.slice(0, 1_000));
    assertHidden(canary, `${JSON.stringify(answer.headers)}${answer.text}`);
  };
}

const answers = triesOf(
  30,
  Object.fromEntries(Object.entries(forms).map(([what, form]): [string, Try['run']] => [what, masks(form)])),
);

const streams = triesOf(30, {
  'a watch: added, modified, deleted': async (field) => {
    const canary = newCanary();
    const name = await givenSecret(field, canary);
    const { admin } = field.site.lab('lab');
    const watch = await field.bot.open('GET', `${SECRETS}?watch=true&fieldSelector=metadata.name%3D${name}`);
    await watch.lines.find((line) => line.includes('"ADDED"'));
    const path = `${SECRETS}/${name}`;
    await admin.request('PATCH', path, { stringData: { password: `${canary}!` } }, 'application/merge-patch+json');
    await watch.lines.find((line) => line.includes('"MODIFIED"'));
    await admin.request('DELETE', path);
    await watch.lines.find((line) => line.includes('"DELETED"'));
    watch.close();
    assertHidden(canary, watch.lines.all.join('\n'));
  },
  'a mask that is written back to another field': async (field) => {
    const canary = newCanary();
    const name = await givenSecret(field, canary);
    const { json } = await field.bot.call('GET', `${SECRETS}/${name}`);
    const body = { metadata: { annotations: { shown: json.data.password } } };
    const contentType = 'application/merge-patch+json';
    const refused = await field.bot.call('PATCH', `${SECRETS}/${name}`, { body, contentType });
    assert.equal(refused.status, 422, refused.text);
    assertHidden(canary, refused.text);
  },
  'control: the same value is there for who may see it': async (field) => {
    const canary = newCanary();
    const name = await givenSecret(field, canary);
    await eventually('it is there', async () => {
      const { body } = await field.site.lab('lab').admin.request('GET', `${SECRETS}/${name}`);
      return JSON.stringify(body).includes(canary);
    });
  },
});

export const maskingTries: readonly Try[] = [...answers, ...streams];
