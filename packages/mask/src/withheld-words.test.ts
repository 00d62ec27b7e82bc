// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { maskPieces, planFor } from './fixtures/run-masker.ts';

const options = {
  hmac: (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  isRefusal: true,
};
const VALUES = ['correct', 'horse', 'battery', 'staple'];
const [one, two, three, four] = VALUES as [string, string, string, string];
const MASK = /masked-v1-field-[a-z2-7]{26}/g;

/** The message and the message of the cause that an agent is told, with masks made alike. */
function told(field: string, error: string, resource: string): readonly string[] {
  const status = {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Invalid', code: 422 },
    message: `Thing "web" is invalid: ${field}: ${error}`,
    details: { name: 'web', kind: 'Thing', causes: [{ reason: 'FieldValueForbidden', message: error, field }] },
  };
  const text = maskPieces(planFor('patch', resource), [Buffer.from(JSON.stringify(status))], options);
  for (const value of VALUES) assert.ok(!text.includes(value), `${resource}: ${text}`);
  const { message, details } = JSON.parse(text);
  return [message, details.causes[0].message].map((words) => words.replace(MASK, '…'));
}

const spec = {
  containers: [{ args: ['--token', one, `--key=${two}`], env: [{ name: 'DB_PASSWORD', value: three }], name: 'shop' }],
  params: [{ key: 'password', default: four }],
};
const json = JSON.stringify({ spec });
const goValue = `core.PodSpec{Args:[]string{"--token", "${one}"}, Env:[]core.EnvVar{core.EnvVar{Name:"A", Value:"${two}"}}}`;
const changes = 'pod updates may not change fields other than `spec.containers[*].image`';
const differences = [
  `@@ -22,7 +22,7 @@\n     {\n      "Name": "DB_PASSWORD",\n-     "Value": "${one}",\n+     "Value": "x",\n     }`,
  `   "Args": [\n     "--token",\n-    "${one}"\n+    "x"\n`,
  `  core.PodSpec{\n  \tContainers: []core.Container{{\n- \t\t\tArgs: []string{"--token", "${one}"},\n`,
  `{"Containers":[{"Name":"shop","Args":["${one}"]}]}`,
];
const RESOURCES = ['/pods', 'apps/deployments', '/configmaps', 'shop.example.com/widgets'];

describe('the words with which a request was refused', () => {
  it('hold no difference between what is there and what was asked for', () => {
    for (const resource of RESOURCES) {
      for (const difference of differences) {
        const [message, cause] = told('spec', `Forbidden: ${changes}\n${difference}`, resource);
        assert.equal(message, `Thing "web" is invalid: spec: Forbidden: ${changes}\n…`);
        assert.equal(cause, `Forbidden: ${changes}\n…`);
      }
    }
  });

  it('hold no object, and say what is wrong with it', () => {
    const why = 'strict decoding error: unknown field "spec.zzz"';
    for (const resource of RESOURCES) {
      for (const [quoted, left] of [
        [JSON.stringify(json), '"…"'],
        [json, '…'],
        [`"map[spec:map[args:[--token ${one}]]]"`, '"…"'],
        [JSON.stringify(`token: ${one}\nargs:\n- ${two}\n`), '"…"'],
      ] as const) {
        const [message, cause] = told('patch', `Invalid value: ${quoted}: ${why}`, resource);
        assert.equal(message, `Thing "web" is invalid: patch: Invalid value: ${left}: ${why}`);
        assert.equal(cause, `Invalid value: ${left}: ${why}`);
      }
      assert.deepEqual(
        told('spec.template', `Invalid value: ${goValue}: field is immutable`, resource)[1],
        'Invalid value: …',
      );
      assert.deepEqual(
        told('spec.args', `Invalid value: []string{"${one}"}: field is immutable`, resource)[1],
        'Invalid value: …',
      );
      for (const words of [
        `map: map[args:[--token ${one}]] does not contain declared merge key: name`,
        `expected list, got &{map[args:[${one}]]}`,
        `cannot use ${json} here`,
        `cannot use ${JSON.stringify(json)} here`,
        `cannot use ${goValue} here`,
      ]) {
        assert.match(told('spec', words, resource)[1] ?? '', /…$/, words);
      }
    }
  });

  it('stay where they can repeat nothing but a plain value of a field that is none of a secret', () => {
    for (const resource of RESOURCES) {
      for (const [field, words] of [
        [
          'metadata.name',
          `Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of '[a-z0-9]([-a-z0-9]*[a-z0-9])?'`,
        ],
        ['spec.replicas', 'Invalid value: -1: must be greater than or equal to 0'],
        ['spec.strategy', 'Unsupported value: "Fast": supported values: "Recreate", "RollingUpdate"'],
        ['spec.containers[0].volumeMounts[0].name', 'Not found: "data"'],
        ['spec.containers', 'Required value'],
        ['spec.replicas', 'Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
        ['metadata.labels', 'json: cannot unmarshal number into Go struct field .labels of type map[string]string'],
        [
          'spec',
          'failed to create typed patch object: errors:\n  .spec.zzz: field not declared in schema\n  .spec.y: field not declared in schema',
        ],
      ] as const) {
        assert.deepEqual(told(field, words, resource), [`Thing "web" is invalid: ${field}: ${words}`, words]);
      }
    }
  });

  it('say no password, be it a word like any other', () => {
    const field = 'spec';
    for (const resource of RESOURCES) {
      for (const [words, masked] of [
        [`Invalid value: "object": the password ${one} is too short`, 'the password … is too short'],
        [`Invalid value: "object": admin password '${one} ${two}' is taken`, "admin password '…' is taken"],
        [`Invalid value: "object": adminPassword is ${one}, which is common`, 'adminPassword is …, which is common'],
      ] as const) {
        assert.equal(told(field, words, resource)[1], `Invalid value: "object": ${masked}`);
      }
      for (const rule of [
        'the password must have 12 characters',
        'password is too short.',
        'password policy: longer passwords are wanted',
        'password is required',
      ]) {
        assert.equal(told(field, `Invalid value: "object": ${rule}`, resource)[1], `Invalid value: "object": ${rule}`);
      }
    }
  });

  it('stay where a webhook says them, on several lines, but for objects', () => {
    const refusal = (message: string) => {
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason: 'BadRequest', code: 400 };
      const text = maskPieces(planFor('patch', '/pods'), [Buffer.from(JSON.stringify(status))], options);
      return JSON.parse(text).message.replace(MASK, '…');
    };
    const words =
      'admission webhook "rules.example.org" denied the request:\n\nrequire-labels:\n  - the label team is missing';
    assert.equal(refusal(words), words);
    assert.equal(refusal(`${words} in ${json}`), `${words} in …`);
  });
});
