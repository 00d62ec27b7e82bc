// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MaskError } from '../mask-error.ts';
import { READ_ON } from './json-events.ts';
import { JsonTokenizer } from './tokenizer.ts';

/** All events of a text as lines, read in pieces that end at the given offsets; or the code of what was thrown. */
function read(body: Uint8Array, at: readonly number[] = [], arrayAtRoot = true): string {
  const lines: string[] = [];
  const text = (start: number, end: number) => Buffer.from(body.subarray(start, end)).toString('latin1');
  const tokenizer = new JsonTokenizer(
    {
      onOpen: (isArray, start) => {
        lines.push(`${isArray ? '[' : '{'} ${start}`);
        return READ_ON;
      },
      onClose: (isArray, end) => lines.push(`${isArray ? ']' : '}'} ${end}`),
      onKey: (start, end, escaped) => lines.push(`key ${text(start, end)} ${escaped}`),
      onString: (start, end, escaped) => lines.push(`string ${text(start, end)} ${escaped}`),
      onScalar: (start, end) => lines.push(`scalar ${text(start, end)}`),
      onDocument: (end) => lines.push(`document ${end}`),
    },
    { maxDepth: 64, documents: 'one', arrayAtRoot },
  );
  const edges = [0, ...[...at].sort((a, b) => a - b), body.length];
  try {
    for (let i = 1; i < edges.length; i++) tokenizer.read(body, edges[i - 1] as number, edges[i] as number, 0);
  } catch (error) {
    assert.ok(error instanceof MaskError);
    return error.code;
  }
  return tokenizer.complete ? lines.join('\n') : 'incomplete';
}

function isJson(body: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

const accepts = (body: Uint8Array) => read(body).includes('document');

const fragments = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"a":', '1', '-', '0', '.', 'e', '+', 'true', 'null', ' ', '\n'],
  ...['\\u00', '\\ud83d', 'é', '\u0000', '1e5', '-0', '"\\n"', '{"a":[1,{"b":null}]}', 'false,', '\ufeff', '∆'],
);

describe('JsonTokenizer', () => {
  it('takes exactly the objects and arrays that JSON.parse takes', () => {
    const texts = fc.array(fragments, { maxLength: 8 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(texts, (body) => assert.equal(accepts(body), isJson(body))),
      { numRuns: 20_000 },
    );
    const values = fc.array(fc.jsonValue(), { maxLength: 3 }).map((value) => Buffer.from(JSON.stringify(value)));
    fc.assert(
      fc.property(values, (body) => assert.equal(accepts(body), isJson(body))),
      { numRuns: 500 },
    );
  });

  it('takes exactly the UTF-8 that a fatal TextDecoder takes', () => {
    const bytes = fc.array(
      fc.constantFrom(
        0x41,
        0x7f,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xbf,
        0xc0,
        0xc2,
        0xdf,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
      ),
      { maxLength: 6 },
    );
    const bodies = bytes.map((inner) => Buffer.from([0x5b, 0x22, ...inner, 0x22, 0x5d]));
    fc.assert(
      fc.property(bodies, (body) => assert.equal(accepts(body), isJson(body))),
      { numRuns: 20_000 },
    );
  });

  it('gives the same events wherever chunks end', () => {
    const body = Buffer.from('{"é\\u0061":[ -1.5e+3 ,true,false,null,"\\ud83d\\ude00 ∆ 😀",{}],"":0}\n');
    const whole = read(body);
    assert.match(whole, /^\{ 0\nkey .+ true\n\[ \d+\nscalar -1\.5e\+3\nscalar true/);
    for (let at = 0; at <= body.length; at++) assert.equal(read(body, [at]), whole);
    assert.equal(
      read(
        body,
        Array.from(body, (_, i) => i),
      ),
      whole,
    );
  });

  it('takes an array as a document only where that is allowed, and a scalar never', () => {
    assert.equal(read(Buffer.from('[]'), [], false), 'ERR_MASK_MALFORMED');
    for (const scalar of ['1', '"a"', 'null']) assert.equal(read(Buffer.from(scalar)), 'ERR_MASK_MALFORMED');
  });

  it('stops at its depth', () => {
    assert.match(read(Buffer.from(`${'['.repeat(64)}${']'.repeat(64)}`)), /document/);
    assert.equal(read(Buffer.from('['.repeat(65))), 'ERR_MASK_TOO_DEEP');
  });
});
