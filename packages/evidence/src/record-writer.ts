// SPDX-License-Identifier: Apache-2.0
import { canonicalJson, type Json } from './canonical-json.ts';
import { recordJsonSchema } from './record.ts';
import { SchemaWriters, type Writer } from './schema-writers.ts';
import type { SealedFields } from './sealed-fields.ts';

/**
 * Spells what an append puts into the log, by the published schema: as `canonicalJson`, of a value that `Leaf` or
 * `SealedFields` takes. What it gives undefined for may be valid all the same: they say what is wrong with it.
 */
export class RecordWriter {
  readonly leaf: Writer;
  readonly #sealedFields: Writer;
  #known: { readonly value: Json; readonly text: string } | undefined;

  constructor() {
    const { $defs } = recordJsonSchema();
    const writers = new SchemaWriters($defs as Record<string, unknown>, {
      Json: (value) => (value === this.#known?.value ? this.#known?.text : canonicalJson(value as Json)),
    });
    this.leaf = writers.of('Record');
    this.#sealedFields = writers.of('SealedFields');
  }

  /**
   * `canonicalJson` of a value that also stands among the sealed fields of the same record: it is large, and spelled once.
   * It MUST NOT change until those are written.
   */
  json(value: Json): string {
    const text = canonicalJson(value);
    this.#known = { value, text };
    return text;
  }

  /** @throws EvidenceError `ERR_EVIDENCE_NOT_CANONICAL` for members of any shape that have no spelling */
  sealedFields(fields: SealedFields): string | undefined {
    try {
      return this.#sealedFields(fields);
    } finally {
      this.#known = undefined;
    }
  }
}
