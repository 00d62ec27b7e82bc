// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { maskPieces, planFor } from './fixtures/run-masker.ts';

const options = {
  hmac: (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

/** The cells of one row as an agent sees them, under columns whose names say nothing. */
function cellsOf(object: object, cells: readonly unknown[]): readonly unknown[] {
  const table = {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: cells.map((_, index) => ({ name: `Info ${index}`, type: 'string' })),
    rows: [{ cells, object: { kind: 'Widget', metadata: { name: 'main' }, ...object } }],
  };
  const bytes = Buffer.from(JSON.stringify(table));
  return JSON.parse(maskPieces(planFor('list', 'shop.example.com/widgets'), [bytes], options)).rows[0].cells;
}

const MASK = /^masked-v1-cell-[a-z2-7]{26}$/;

describe('the cell of a column that may show any field', () => {
  it('is masked where it shows what is masked beside it, a word or a number as well', () => {
    for (const value of ['hunter2', 'correcthorse', '12345678', 483920, 'abc', '~!', 'Xk93kfj2-value']) {
      const [cell] = cellsOf({ spec: { adminPassword: value } }, [value]);
      assert.match(String(cell), MASK, String(value));
    }
    assert.match(String(cellsOf({ spec: { pin_password: 483920 } }, ['483920'])[0]), MASK);
  });

  it('is masked where it shows it in a list or an object, or among other words', () => {
    const object = { spec: { login: { user: 'app', password: 'hunter2', pin_password: 12 } } };
    for (const cell of [
      '{"user":"app","password":"hunter2"}',
      '["app","hunter2"]',
      '[7,12]',
      'app hunter2',
      'app/hunter2',
    ]) {
      assert.match(String(cellsOf(object, [cell])[0]), MASK, cell);
    }
  });

  it('is masked however long it is, and however Go spells what it shows', () => {
    const padding = Array.from({ length: 4_500 }, () => 'n').join(' ');
    const object = { spec: { users: [{ adminPassword: 'hunter2' }], login: { passwords: ['Zx9&kf<22jd'] } } };
    for (const cell of [`["${padding}","hunter2"]`, String.raw`["Zx9\u0026kf\u003c22jd"]`]) {
      assert.match(String(cellsOf(object, [cell])[0]), MASK, cell.slice(-40));
    }
    // What takes too long to compare counts as shown.
    const many = { spec: { password: Array.from({ length: 200 }, (_, n) => `${'a'.repeat(500)}${n}`) } };
    assert.match(String(cellsOf(many, [padding.repeat(40)])[0]), MASK);
  });

  it('stays where it shows anything else', () => {
    const object = { spec: { size: 3, adminPassword: 'hunter2', pin_password: 12 } };
    const cells = ['main', 3, 'hunter', 'hunter22', '12d', 'v1.12', true, null, '', '5d'];
    assert.deepEqual(cellsOf(object, cells), cells);
    assert.deepEqual(cellsOf({}, cells), cells);
  });
});
