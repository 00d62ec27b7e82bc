// SPDX-License-Identifier: Apache-2.0
import { commitmentOf, endClaimsOf, type LogRecord } from '@countersign/evidence';
import type { RecordingClaims } from '@countersign/recording';

const MAX_RECORDINGS = 10_000;

/** A recording as this gateway has put it on record. */
export interface KnownRecording {
  readonly stream: string;
  readonly exchange: string;
  readonly session: string;
  /** Id of its key. */
  readonly key: string;
  /** What the log commits to: of what was durable while it went on the last alone, which is over all before it. */
  readonly claims: RecordingClaims & { readonly header: Uint8Array };
  /** When its record came; the record itself has the log's own time. */
  readonly from: string;
  /** Absent while it is going on. */
  readonly ended?: { readonly at: string; readonly end: 'complete' | 'cut'; readonly reason?: string | undefined };
  /** What its stream says of itself, once that has begun. */
  readonly of?: StreamFacts;
}

/** What a list of recordings says of a stream. */
interface StreamFacts {
  readonly kind: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly agent: string;
  readonly tty: boolean;
}

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;

/** The latest recordings, as their records come: what their files are checked against. Holds the last 10,000. */
export class KnownRecordings {
  readonly #byStream = new Map<string, KnownRecording>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.type === 'recording.start') this.#begin(record);
      else if (record.type === 'stream.start') this.#change(record.stream, () => ({ of: factsOf(record) }));
      else if (record.type === 'recording.progress') this.#change(record.stream, (known) => progressed(known, record));
      else if (record.type === 'recording.end') this.#end(record);
    }
  }

  get(stream: string): KnownRecording | undefined {
    return this.#byStream.get(stream);
  }

  /** Those of a session, in the order of their beginning. */
  ofSession(session: string): readonly KnownRecording[] {
    return [...this.#byStream.values()].filter((known) => known.session === session);
  }

  #begin({ stream, exchange, session, key, header }: Record<'recording.start'>): void {
    if (session === undefined) return;
    const claims = { header: Buffer.from(header, 'hex'), progress: [] };
    this.#byStream.set(stream, { stream, exchange, session, key, claims, from: this.#now().toISOString() });
    if (this.#byStream.size > MAX_RECORDINGS) this.#byStream.delete(this.#byStream.keys().next().value as string);
  }

  #change(stream: string, change: (known: KnownRecording) => Partial<KnownRecording>): void {
    const known = this.#byStream.get(stream);
    if (known !== undefined) this.#byStream.set(stream, { ...known, ...change(known) });
  }

  /** One of which nothing is there is none: its session never began. */
  #end(record: Record<'recording.end'>): void {
    if (record.chunks === 0) this.#byStream.delete(record.stream);
    else this.#change(record.stream, (known) => this.#ended(known, record));
  }

  #ended({ claims }: KnownRecording, record: Record<'recording.end'>): Partial<KnownRecording> {
    const { end, reason } = record;
    const ended = { at: this.#now().toISOString(), end, reason };
    return { ended, claims: { ...claims, ...endClaimsOf(record) } };
  }
}

function progressed({ claims }: KnownRecording, record: Record<'recording.progress'>): Partial<KnownRecording> {
  return { claims: { ...claims, progress: [commitmentOf(record)] } };
}

/** Streams are of resources. */
const NOWHERE = { subresource: '', namespace: '', name: '' };

function factsOf({ request, cluster = '', principal, container, tty = false }: Record<'stream.start'>): StreamFacts {
  const {
    subresource: kind,
    namespace,
    name: pod,
  } = request && 'kind' in request && request.kind === 'resource' ? request : NOWHERE;
  return { kind, cluster, namespace, pod, container, agent: principal?.id ?? '', tty };
}
