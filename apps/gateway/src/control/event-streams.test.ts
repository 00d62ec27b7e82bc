// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { askingFor } from '../approvals/approval-fixture.ts';
import type { Approval } from '../approvals/transitions.ts';
import type { ControlCaller, RefusedCaller } from './authorize.ts';
import { EventStreams } from './event-streams.ts';
import { problems } from './problem.ts';

const NOW = new Date('2026-11-24T00:00:00Z');
const MINUTE_MS = 60_000;

function approvalOf(id: string, state = 'pending', group = 'approvers'): Approval {
  const requirements = [{ rule: { set: 'lab', id: 'ask' }, group, quorum: 1, ownerMay: false }];
  return {
    id,
    version: 1,
    value: { ...askingFor(id, { requirements }), state, signatures: [] },
  } as unknown as Approval;
}

function callerOf(subject: string, approverGroups: readonly string[] = ['approvers']): ControlCaller {
  const token = { issuer: 'https://idp.example', subject, expiresAt: NOW.getTime() + MINUTE_MS };
  return { token, roles: ['approver'], approverGroups, via: 'console' } as unknown as ControlCaller;
}

/** Streams over approvals that a test changes, by a clock that it moves. */
class Site {
  readonly approvals = new Map<string, Approval>();
  readonly problems: unknown[] = [];
  /** Ids of approvals that were read. */
  readonly reads: string[] = [];
  isAway = false;
  nowMs = NOW.getTime();
  readonly #context: TestContext;
  readonly streams = new EventStreams({
    register: {
      openIds: async () => this.#read(this.#those(({ value }) => value.state === 'pending').map(({ id }) => id)),
      versions: async (of) => {
        const asked = this.#those(({ id }) => ('ids' in of ? of.ids.includes(id) : id.startsWith('new')));
        return this.#read(new Map(asked.map(({ id, version }) => [id, version])));
      },
      look: async (id) => {
        this.reads.push(id);
        return this.#read(this.approvals.get(id));
      },
    },
    now: () => new Date(this.nowMs),
    onProblem: (error) => this.problems.push(error),
  });

  constructor(context: TestContext) {
    this.#context = context;
    context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  }

  put(...approvals: readonly Approval[]): void {
    for (const approval of approvals) {
      const version = (this.approvals.get(approval.id)?.version ?? 0) + 1;
      this.approvals.set(approval.id, { ...approval, version });
    }
  }

  #those(are: (approval: Approval) => boolean): readonly Approval[] {
    return [...this.approvals.values()].filter(are);
  }

  open(caller: ControlCaller, again: () => Promise<ControlCaller | RefusedCaller> = async () => caller) {
    const answer = this.streams.open({ caller, again });
    return answer?.body?.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Lets what is due happen, and what follows from it. */
  async pass(ms: number): Promise<void> {
    await settled();
    this.#context.mock.timers.tick(ms);
    await settled();
  }

  #read<T>(value: T): T {
    if (this.isAway) throw new TypeError('the store is away');
    return value;
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a stream says hello, what is open, and what changes, of what its reader may see', async (context) => {
  const site = new Site(context);
  site.put(approvalOf('1'), approvalOf('2', 'pending', 'others'));
  const reader = site.open(callerOf('ada')) ?? assert.fail();
  const event = (id: string, state: string) => `event: approvals\ndata: {"id":"${id}","state":"${state}"}\n\n`;
  assert.equal((await reader.read()).value, 'event: hello\ndata: {}\n\n');
  assert.equal((await reader.read()).value, event('1', 'pending'));
  const late = site.open(callerOf('bob')) ?? assert.fail();
  await late.read();
  assert.equal((await late.read()).value, event('1', 'pending'));
  site.put(approvalOf('1', 'denied'), approvalOf('2', 'denied', 'others'), approvalOf('3'));
  await site.pass(1_000);
  for (const one of [reader, late]) {
    assert.equal((await one.read()).value, event('3', 'pending'));
    assert.equal((await one.read()).value, event('1', 'denied'));
  }
  await site.pass(14_000);
  assert.equal((await reader.read()).value, ': still here\n\n');
  await Promise.all([reader.cancel(), late.cancel()]);
});

test('what is asked and used between two looks is told all the same, once', async (context) => {
  const site = new Site(context);
  const reader = site.open(callerOf('ada')) ?? assert.fail();
  await reader.read();
  await site.pass(0);
  site.put(approvalOf('new 1', 'used'));
  await site.pass(1_000);
  assert.equal((await reader.read()).value, 'event: approvals\ndata: {"id":"new 1","state":"used"}\n\n');
  await site.pass(1_000);
  site.put(approvalOf('2'));
  await site.pass(1_000);
  assert.equal((await reader.read()).value, 'event: approvals\ndata: {"id":"2","state":"pending"}\n\n');
  await reader.cancel();
});

test('what has not changed is not read again, however many listen', async (context) => {
  const site = new Site(context);
  site.put(approvalOf('1'), approvalOf('2'), approvalOf('new 3'));
  const readers = [site.open(callerOf('ada')), site.open(callerOf('bob'))];
  await site.pass(0);
  await site.pass(1_000);
  assert.deepEqual(site.reads.splice(0), ['new 3', '1', '2']);
  site.put(approvalOf('2', 'denied'));
  for (let looks = 0; looks < 3; looks += 1) await site.pass(1_000);
  assert.deepEqual(site.reads, ['2']);
  for (const reader of readers) await reader?.cancel();
});

test('it ends when its reader may listen no more: refused, expired, or nobody can say', async (context) => {
  const refused = async () => ({ problem: problems.unauthorized('x'), fault: 'ERR_TOKEN_MISSING' }) as const;
  const failed = async () => {
    throw new TypeError('the store is away');
  };
  for (const again of [refused, failed, async () => callerOf('ada')]) {
    const site = new Site(context);
    const reader = site.open(callerOf('ada'), again) ?? assert.fail();
    await reader.read();
    if (again !== refused && again !== failed) site.nowMs += MINUTE_MS;
    await site.pass(1_000);
    assert.equal((await reader.read()).done, true);
    assert.equal(site.problems.length, again === failed ? 1 : 0);
    context.mock.timers.reset();
  }
});

test('it ends when approvals can not be looked at, so that nobody waits for what is not told', async (context) => {
  const site = new Site(context);
  const reader = site.open(callerOf('ada')) ?? assert.fail();
  await reader.read();
  site.isAway = true;
  await site.pass(1_000);
  assert.equal((await reader.read()).done, true);
  assert.equal(site.problems.length, 1);
  site.isAway = false;
  site.put(approvalOf('1'));
  const next = site.open(callerOf('ada')) ?? assert.fail();
  await next.read();
  assert.match((await next.read()).value ?? '', /"id":"1"/);
  await next.cancel();
});

test('a person has so many streams, all have so many, and who leaves makes room', async (context) => {
  const site = new Site(context);
  const again = async () => callerOf('ada');
  const answers = Array.from({ length: 8 }, () => site.streams.open({ caller: callerOf('ada'), again }));
  assert.equal(site.open(callerOf('ada')), undefined);
  await answers[0]?.body?.cancel();
  assert.ok(site.open(callerOf('ada')));
  for (let count = 8; count < 256; count += 1) assert.ok(site.open(callerOf(`p${count >> 3}`)), String(count));
  assert.equal(site.open(callerOf('eve')), undefined);
});

test('an agent is told of its own, in two streams at most, and all of them leave people half', (context) => {
  const site = new Site(context);
  const agent = (id: string) =>
    ({
      ...callerOf(id, []),
      roles: ['agent'],
      agent: id,
    }) as const;
  for (let count = 0; count < 128; count += 1) assert.ok(site.open(agent(`a${count >> 1}`)), String(count));
  assert.equal(site.open(agent('a0')), undefined);
  assert.equal(site.open(agent('another')), undefined);
  assert.ok(site.open(callerOf('ada')));
});

test('who does not read is not waited for', async (context) => {
  const site = new Site(context);
  const answer = site.streams.open({ caller: callerOf('ada'), again: async () => callerOf('ada') });
  for (let round = 0; round < 40; round += 1) {
    site.put(...Array.from({ length: 40 }, (_, index) => approvalOf(`${round}-${index}`)));
    await site.pass(1_000);
  }
  const text = (await answer?.text()) ?? '';
  assert.ok(text.length >= 65_536 && text.length < 66_000, String(text.length));
});
