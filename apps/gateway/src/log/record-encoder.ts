// SPDX-License-Identifier: Apache-2.0
import {
  canonicalJson,
  type DecisionInput,
  type Json,
  Leaf,
  type LogRecord,
  RecordWriter,
  type SealedFields,
} from '@countersign/evidence';
import { leafHash, MAX_ENTRY_BYTES } from '@countersign/tlog';
import { formatMicros } from './clock.ts';
import { type DataKey, type KeyScope, MissingKeyError } from './key-table.ts';
import { LogError } from './log-error.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { RandomPool } from './random-bytes.ts';
import { commitment, type SealedRecordPart, sealFields } from './sealed-fields.ts';
import { sha256 } from './sha256.ts';

const SALT_BYTES = 32;
const MAX_REQUEST_TEXT = 512;
const CUT_REQUEST_TEXT = 500;
/** Of a decision: together with the rest of a record they stay below what an entry takes. */
const MAX_RULES = { count: 256, bytes: 16_384 };
const MAX_APPROVALS = { count: 64, bytes: 12_288 };
/** So many fit, however long their names. */
const FEW = 16;

/** A record in the form in which it goes into the log. */
export interface EncodedRecord {
  readonly leaf: Leaf;
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly sealed: Uint8Array | undefined;
}

export interface RecordEncoderOptions {
  readonly gateway: string;
  readonly pseudonyms: Pseudonyms;
  /** The key in use for a scope, if it is at hand. */
  readonly keyOf: (scope: KeyScope) => DataKey | undefined;
}

/** Makes leaves of records: pseudonyms, sealed fields, commitments, and what the driver adds. */
export class RecordEncoder {
  readonly #options: RecordEncoderOptions;
  readonly #random = new RandomPool();
  readonly #writer = new RecordWriter();

  constructor(options: RecordEncoderOptions) {
    this.#options = options;
  }

  /**
   * @throws LogError `ERR_LOG_RECORD`
   * @throws MissingKeyError when the key for the sealed fields is not at hand
   */
  encode(given: LogRecord, micros: number, epoch: number): EncodedRecord {
    const id = this.#random.uuidv7(Math.floor(micros / 1_000));
    const fields: SealedFields = { ...given.sealed } as SealedFields;
    const { record, names } = this.#options.pseudonyms.apply(given);
    if (Object.keys(names).length > 0) fields.names = names;
    const ts = formatMicros(micros);
    const members: Record<string, unknown> = { ...record, v: 1, id, ts, epoch };
    members.gateway = this.#options.gateway;
    cutRequestTexts(members, fields);
    cutRules(members, fields);
    this.#commitToInput(members, fields);
    const sealed = Object.keys(fields).length === 0 ? undefined : this.#seal(fields, id, scopeOf(given, ts));
    members.sealed = sealed?.reference;
    const entry = Buffer.from(this.#writer.leaf(members) ?? spelledLeaf(members));
    if (entry.length > MAX_ENTRY_BYTES) throw new LogError('ERR_LOG_RECORD', `a record of ${entry.length} bytes`);
    return { leaf: members as Leaf, entry, leafHash: leafHash(sha256, entry), sealed: sealed?.payload };
  }

  #seal(fields: SealedFields, id: string, scope: KeyScope): SealedRecordPart {
    const key = this.#options.keyOf(scope);
    if (key === undefined) throw new MissingKeyError(scope);
    return sealFields(fields, id, key, { random: this.#random, writer: this.#writer });
  }

  #commitToInput(members: Record<string, unknown>, fields: SealedFields): void {
    if (fields.input === undefined) return;
    if (members.decision === undefined) throw new LogError('ERR_LOG_RECORD', 'an input without a decision');
    const salt = this.#random.take(SALT_BYTES);
    const inputCommitment = commitment(salt, Buffer.from(spelled(() => this.#writer.json(fields.input as Json))));
    fields.inputSalt = salt.toString('base64');
    members.decision = { ...members.decision, inputCommitment };
  }
}

/** The key that a record's sealed fields belong to: its session's, else its day's. */
function scopeOf(record: LogRecord, ts: string): KeyScope {
  if ('session' in record && record.session !== undefined) return `session ${record.session}`;
  return `day ${ts.slice(0, 10)}`;
}

/**
 * The spelling of what the writer does not take.
 * @throws LogError `ERR_LOG_RECORD`, which says where a record is none
 */
function spelledLeaf(members: Record<string, unknown>): string {
  const parsed = Leaf.safeParse(members);
  if (parsed.success) return spelled(() => canonicalJson(parsed.data as Json));
  const problems = parsed.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`);
  const what = `a record of type ${String(members.type)} is not valid: ${problems.join(', ')}`;
  throw new LogError('ERR_LOG_RECORD', what);
}

function spelled(spell: () => string): string {
  try {
    return spell();
  } catch (cause) {
    throw new LogError('ERR_LOG_RECORD', (cause as Error).message, { cause });
  }
}

/** Callers choose how long their names and paths are: a leaf says at most the beginning. */
function cutRequestTexts(members: Record<string, unknown>, fields: SealedFields): void {
  const { request } = members as { request?: Record<string, unknown> };
  if (request === undefined) return;
  const long = Object.entries(request).filter(
    ([, value]) => typeof value === 'string' && value.length > MAX_REQUEST_TEXT,
  );
  if (long.length === 0) return;
  const cut = { ...request };
  const whole: Record<string, string> = {};
  for (const [member, value] of long as [string, string][]) {
    cut[member] = `${value.slice(0, CUT_REQUEST_TEXT).toWellFormed()}…`;
    whole[member] = value;
  }
  members.request = cut;
  fields.request = whole;
}

/** Policy authors choose how many rules decide at once: a leaf names so many, and says how many more there were. */
function cutRules(members: Record<string, unknown>, fields: SealedFields): void {
  const { decision } = members as { decision?: DecisionInput };
  if (decision === undefined) return;
  const rules = fitting(decision.rules, MAX_RULES);
  const approvals = fitting(decision.approvals ?? [], MAX_APPROVALS);
  const rulesOmitted = decision.rules.length - rules.length;
  const approvalsOmitted = (decision.approvals?.length ?? 0) - approvals.length;
  if (rulesOmitted === 0 && approvalsOmitted === 0) return;
  if (rulesOmitted > 0) fields.rules = decision.rules;
  members.decision = {
    ...decision,
    rules,
    ...(rulesOmitted === 0 ? {} : { rulesOmitted }),
    ...(decision.approvals === undefined ? {} : { approvals }),
    ...(approvalsOmitted === 0 ? {} : { approvalsOmitted }),
  };
}

/** As many of the first as there is room for. */
function fitting<T>(all: readonly T[], room: { readonly count: number; readonly bytes: number }): readonly T[] {
  if (all.length <= FEW) return all;
  let { bytes } = room;
  const end = all.slice(0, room.count + 1).findIndex((one, i) => {
    bytes -= Buffer.byteLength(JSON.stringify(one)) + 1;
    return i === room.count || bytes < 0;
  });
  return end < 0 ? all : all.slice(0, end);
}
