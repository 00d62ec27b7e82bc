// SPDX-License-Identifier: Apache-2.0
import { ApprovalFeed, type ApprovalFeedParts, type ToldApproval } from './approval-feed.ts';
import { isVisible } from './approval-routes.ts';
import type { ControlCaller, RefusedCaller } from './authorize.ts';

/** Of one person or agent at once, and of all: of the connections of a listener they take half at most. */
const MAX_OF_PERSON = 8;
const MAX_OF_AGENT = 2;
const MAX_STREAMS = 256;
/** Of all agents: however many they are, people find room. */
const MAX_OF_AGENTS = 128;
/** Whoever listens is asked this often whether they still may. */
const CHECK_MS = 1_000;
/** So that nothing between takes a quiet stream for a dead one. */
const COMMENT_MS = 15_000;
/** What is kept for who reads slowly; who is further behind begins anew. */
const MAX_BEHIND_BYTES = 65_536;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** Whoever asks for events. */
export interface Listening {
  readonly caller: ControlCaller;
  /** The same caller, asked about anew. */
  readonly again: () => Promise<ControlCaller | RefusedCaller>;
}

/** Who listens, as their streams are counted. */
function listenerOf({ agent, token: { issuer, subject } }: ControlCaller): string {
  return agent === undefined ? JSON.stringify(['person', issuer, subject]) : JSON.stringify(['agent', agent]);
}

/**
 * What callers are told as it happens: which approvals changed, of those that they may see.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreams {
  readonly #parts: ApprovalFeedParts;
  readonly #feed: ApprovalFeed;
  readonly #open = new Map<string, { readonly isAgent: boolean; readonly count: number }>();

  constructor(parts: ApprovalFeedParts) {
    this.#parts = parts;
    this.#feed = new ApprovalFeed(parts);
  }

  /** A stream of events; undefined where this person or agent, or everybody, has too many. */
  open(listening: Listening): Response | undefined {
    const listener = listenerOf(listening.caller);
    const isAgent = listening.caller.agent !== undefined;
    const own = this.#open.get(listener)?.count ?? 0;
    if (own >= (isAgent ? MAX_OF_AGENT : MAX_OF_PERSON)) return undefined;
    if (this.#count() >= MAX_STREAMS || (isAgent && this.#count('agents') >= MAX_OF_AGENTS)) return undefined;
    this.#open.set(listener, { isAgent, count: own + 1 });
    const stream = new EventStream(listening, this.#feed, this.#parts, () => this.#left(listener));
    return new Response(stream.body, { headers: HEADERS });
  }

  #count(of: 'all' | 'agents' = 'all'): number {
    const counted = [...this.#open.values()].filter(({ isAgent }) => of === 'all' || isAgent);
    return counted.reduce((sum, { count }) => sum + count, 0);
  }

  #left(listener: string): void {
    const open = this.#open.get(listener);
    if (open === undefined || open.count <= 1) this.#open.delete(listener);
    else this.#open.set(listener, { ...open, count: open.count - 1 });
  }
}

/** One stream: it ends with its reader, with the caller's right to it, or where nothing can be told any more. */
class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #listening: Listening;
  readonly #parts: ApprovalFeedParts;
  readonly #onEnd: () => void;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #encoder = new TextEncoder();
  #unfollow: () => void = () => undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #caller: ControlCaller;
  #isChecking = false;

  constructor(listening: Listening, feed: ApprovalFeed, parts: ApprovalFeedParts, onEnd: () => void) {
    this.#listening = listening;
    this.#caller = listening.caller;
    this.#parts = parts;
    this.#onEnd = onEnd;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: MAX_BEHIND_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    this.#timers = [
      setInterval(() => void this.#check(), CHECK_MS).unref(),
      setInterval(() => this.#send(': still here\n\n'), COMMENT_MS).unref(),
    ];
    this.#send('event: hello\ndata: {}\n\n');
    this.#unfollow = feed.follow({ changed: (approval) => this.#tell(approval), failed: () => this.#end() });
    // What it was told at once may have been too much for it.
    if (!this.#controller) this.#unfollow();
  }

  #tell(approval: ToldApproval): void {
    if (!isVisible(approval, this.#caller)) return;
    const { id, value } = approval;
    this.#send(`event: approvals\ndata: ${JSON.stringify({ id, state: value.state })}\n\n`);
  }

  /** Whether the caller is still who may have it: their token, session and roles are what they are now. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const caller = await this.#listening.again();
      const isGood = !('problem' in caller) && this.#parts.now().getTime() < caller.token.expiresAt;
      if (isGood) this.#caller = caller;
      else this.#end();
    } catch (error) {
      this.#parts.onProblem(error);
      this.#end();
    } finally {
      this.#isChecking = false;
    }
  }

  #send(text: string): void {
    if (!this.#controller) return;
    this.#controller.enqueue(this.#encoder.encode(text));
    if ((this.#controller.desiredSize ?? 0) <= 0) this.#end();
  }

  /** Ends it once, whoever ends it. */
  #end(): void {
    const controller = this.#controller;
    if (!controller) return;
    this.#controller = undefined;
    for (const timer of this.#timers) clearInterval(timer);
    this.#unfollow();
    this.#onEnd();
    try {
      controller.close();
    } catch {
      // Its reader has gone already.
    }
  }
}
