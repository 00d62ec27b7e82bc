// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteSink } from './byte-sink.ts';
import { putJsonString, unescapeJson } from './json-string.ts';

const unescaped = (content: string) => Buffer.from(unescapeJson(Buffer.from(content))).toString();

/** A string's content with every UTF-16 unit, or only what must be, as an escape. */
function escapeAll(text: string): string {
  return Array.from(text, (_, i) => i).length === 0
    ? ''
    : text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

describe('unescapeJson and putJsonString', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => text.isWellFormed());

  it('read what JSON.stringify writes, and what is escaped throughout', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(unescaped(JSON.stringify(text).slice(1, -1)), text);
        assert.equal(unescaped(escapeAll(text)), text);
      }),
      { numRuns: 2000 },
    );
    assert.equal(unescaped('\\/\\b\\f\\n\\r\\t\\"\\\\'), '/\b\f\n\r\t"\\');
  });

  it('write what JSON.parse reads', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const sink = new ByteSink();
        putJsonString(sink, Buffer.from(text));
        assert.equal(JSON.parse(Buffer.from(sink.view()).toString()), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep lone surrogates apart from UTF-8', () => {
    assert.deepEqual([...unescapeJson(Buffer.from('\\ud800\\u0041'))], [0xed, 0xa0, 0x80, 0x41]);
    assert.deepEqual([...unescapeJson(Buffer.from('\\udc00'))], [0xed, 0xb0, 0x80]);
  });
});
