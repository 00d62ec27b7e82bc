// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../turns.ts';
import { LineScanner } from './line-scanner.ts';
import { scanConfig } from './scan-config.ts';
import type { TextHit } from './text-hit.ts';
import { TextScanner } from './text-scanner.ts';

const VALUE = 'Zk9vQ2x7Lw3pT8sN';
const scanner = new TextScanner();

function left(text: string, hits: readonly TextHit[]): string {
  let at = 0;
  let out = '';
  for (const { start, end } of hits) {
    out += `${text.slice(at, start)}<mask>`;
    at = end;
  }
  return out + text.slice(at);
}

const ofText = (text: string) => left(text, scanner.scanText(Buffer.from(text)));
const ofFile = (text: string) => left(text, atOnce(scanConfig(scanner, Buffer.from(text), 'lines')));

/** As a log is read, which can't go back. */
function ofLog(text: string): string {
  const lines = new LineScanner(scanner, { isConfig: false, mayBeginInside: false });
  return text
    .split('\n')
    .map((line) => left(line, lines.scanLine(Buffer.from(line), 0, line.length, false)))
    .join('\n');
}

describe('pairs in JSON, within a text', () => {
  const pairs = [
    `{"value":"${VALUE}","name":"PASSWORD"}`,
    `{"value":"a \\"${VALUE}\\", b","name":"PASSWORD"}`,
    `{"name":"PASSWORD","type":"string","optional":true,"value":"${VALUE}"}`,
    `{"value":"${VALUE}","type":"a","n":1,"name":"API_TOKEN"}`,
    `{ "value" : "${VALUE}" , "key" : "DB_PASSWORD" }`,
    `[{"name":"A","value":"keep"},{"value":"${VALUE}","name":"PASSWORD"}]`,
  ];

  it('are found whichever comes first, in strings of JSON too', () => {
    for (const pair of pairs) {
      for (const text of [pair, JSON.stringify({ a: pair }), JSON.stringify({ a: JSON.stringify({ b: pair }) })]) {
        const out = ofText(text);
        assert.ok(!out.includes(VALUE) && out.includes('<mask>'), out);
        assert.equal(out.includes('keep'), text.includes('keep'));
      }
      const encoded = btoa(pair);
      assert.equal(ofText(`x ${encoded} y`), 'x <mask> y');
    }
  });

  it('are none across objects, nor where the name is no secret', () => {
    for (const text of [
      '{"name":"PASSWORD","other":"x"},{"name":"plain","value":"keep"}',
      '{"value":"keep"},{"name":"PASSWORD"}',
      '{"value":"keep","name":"plain","type":"a"}',
      '{"value":"keep","of":{"name":"PASSWORD"}}',
      '{"value":"","name":"PASSWORD"}',
    ]) {
      assert.equal(ofText(text), text);
    }
  });
});

describe('pairs over lines', () => {
  it('are found in a file whichever comes first, with members between', () => {
    assert.equal(
      ofFile(`env:\n- name: A\n  value: keep\n- value: ${VALUE}\n  name: PASSWORD\n`),
      'env:\n- name: A\n  value: keep\n- value: <mask>\n  name: PASSWORD\n',
    );
    assert.equal(
      ofFile(
        `- name: PASSWORD\n  description: of the shop\n  type: string\n  value: "${VALUE}"\n- name: b\n  value: keep\n`,
      ),
      '- name: PASSWORD\n  description: of the shop\n  type: string\n  value: "<mask>"\n- name: b\n  value: keep\n',
    );
  });

  it('are found in a log where the name comes first', () => {
    assert.equal(
      ofLog(`- name: PASSWORD\n  type: string\n  value: ${VALUE}\n- name: b\n  value: keep`),
      '- name: PASSWORD\n  type: string\n  value: <mask>\n- name: b\n  value: keep',
    );
  });

  it('are over with their element', () => {
    const text = 'a:\n- name: PASSWORD\n  type: x\n- name: other\n  value: keep\nvalue: keep\n';
    assert.equal(ofFile(text), text);
    assert.equal(ofLog(text), text);
    const nested = '- name: PASSWORD\n  schema:\n    value: keep\n';
    assert.equal(ofFile(nested), nested);
  });
});
