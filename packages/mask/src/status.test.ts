// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { assertMaskableAnswer } from './answer.ts';
import { maskPieces, planFor } from './fixtures/run-masker.ts';
import { CANARIES, STATUS, secret } from './fixtures/secret-corpus.ts';
import { LearnedValues } from './learned/learned-values.ts';
import type { MaskerOptions } from './masker.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  nonce: new Uint8Array(16),
};
const plan = planFor('patch');
const maskJson = (value: unknown, more: Partial<MaskerOptions> = {}) =>
  JSON.parse(maskPieces(plan, [Buffer.from(JSON.stringify(value))], { ...options, ...more }));

describe('the Status of a write on a Secret path', () => {
  it('replaces texts after a write and keeps reason, code and fields', () => {
    const output = maskJson(STATUS);
    assert.equal(output.reason, 'Invalid');
    assert.equal(output.code, 422);
    assert.equal(output.details.causes[0].field, 'data.password');
    assert.equal(output.details.causes[0].reason, 'FieldValueInvalid');
    assert.match(output.details.causes[0].message, /^the API server's own text is masked/);
    assert.match(
      output.message,
      /^secrets "db" is invalid: details\.causes names the fields; the API server's own text is masked/,
    );
    assert.ok(!JSON.stringify(output).includes(Buffer.from(CANARIES.password).toString('base64')));
    assert.ok(!JSON.stringify(output).includes(CANARIES.password));
  });

  it('masks an object that comes as the body of an error, and a value in the name of a field', () => {
    assert.match(atob(maskJson(secret()).data.password), /^masked-v1-secret-/);
    const learned = new LearnedValues();
    learned.add(Buffer.from(CANARIES.old));
    const status = { ...STATUS, details: { ...STATUS.details, causes: [{ field: `data[${CANARIES.old}]` }] } };
    assert.match(maskJson(status, { learned }).details.causes[0].field, /^masked-v1-field-/);
  });
});

describe('assertMaskableAnswer', () => {
  it('takes JSON in its forms', () => {
    for (const type of [
      'application/json',
      'Application/JSON; charset=UTF-8',
      'application/json;as=Table;v=v1;g=meta.k8s.io',
      'application/json;stream=watch',
    ]) {
      assertMaskableAnswer(type, undefined);
      assertMaskableAnswer(type, 'identity');
    }
  });

  it('refuses anything else', () => {
    for (const type of [
      undefined,
      '',
      'text/plain',
      'application/yaml',
      'application/vnd.kubernetes.protobuf',
      'application/json-seq',
      'application/json;charset=utf-16',
    ]) {
      assert.throws(() => assertMaskableAnswer(type, undefined), { code: 'ERR_MASK_CONTENT_TYPE' }, type);
    }
    assert.throws(() => assertMaskableAnswer('application/json', 'gzip'), { code: 'ERR_MASK_CONTENT_ENCODING' });
  });
});
