// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GoldenCase, readGoldenCases } from '../../../conformance/golden.ts';
import { type GoldenAttack, readGoldenAttacks, type Transport } from '../../../conformance/golden-attacks.ts';
import { buildGo } from '../../fixtures/build-go.ts';
import { type AuditEvent, readingOf } from '../../installation/audit-events.ts';
import { RunningProcess } from '../../installation/running-process.ts';
import { AS_BOT, checkGolden, recordedOf } from '../check-golden.ts';
import { causeOf, type Field } from '../field.ts';
import { type Came, send } from '../send.ts';
import { type Try, triesOf } from '../try.ts';

/** What Go's own parser refuses before the proxy sees it: an escape that breaks off. */
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
const REFUSED_BY_GO: Readonly<Record<Transport, Came['answer']>> = { 'HTTP/1.1': 400, 'HTTP/2': 'reset' };

/** What Go's proxy changes by itself, by method and target, and what comes of that. */
const CHANGED_BY_GO: ReadonlyMap<string, string> = new Map([
  // It takes no fragment off, and sends the sign escaped.
  ['GET /api/v1/secrets#x', '400 ERR_TARGET_MALFORMED'],
  // It sends in HTTP/2, where no parser of heads stands before the gateway's own.
  ['get /api/v1/secrets', '405 ERR_METHOD_REFUSED'],
  // It leaves out parameters that it can't read: what it sends is a list, and is judged as one.
  ['GET /api/v1/pods?watch=true;a', 'list||v1||pods|| /api/v1/pods'],
  ['GET /api/v1/pods?watch=%zz', 'list||v1||pods|| /api/v1/pods'],
  // It takes the header that names half an upgrade off; in HTTP/2 policy is asked before the gateway refuses for want of one.
  ['POST /api/v1/namespaces/default/pods/x/exec?command=id', '403 ERR_APPROVAL_REQUIRED'],
]);

const GO_PROXY = fileURLToPath(new URL('../../../bench/go-proxy', import.meta.url));

interface Tried {
  readonly golden: GoldenCase;
  readonly came: Came;
}

/** Sends every golden case of the parser that a request line can carry, to a port, over HTTP/1.1. */
async function sendAll(field: Field, port: number | undefined): Promise<readonly Tried[]> {
  const address = await field.address();
  const aim = {
    address: { ...address, port: port ?? address.port },
    prefix: '/clusters/lab',
    token: await field.site.token('bot'),
  };
  const tried: Tried[] = [];
  for (const golden of readGoldenCases()) {
    const { method, target, headers, body } = golden;
    // Opened, a watch would not end by itself; what begins with no slash would be another cluster's.
    if (golden.answer.startsWith('watch ') || !target.startsWith('/')) continue;
    const request = { form: 'plain', method, target, headers, body } as const;
    tried.push({ golden, came: await send({ request }, 'HTTP/1.1', aim) });
  }
  return tried;
}

/** What reaches the API server is what is on record, as the agent. */
async function assertJudgedAsSent(field: Field, events: readonly AuditEvent[]): Promise<void> {
  assert.ok(events.length > 10, `only ${events.length} reached the API server`);
  for (const event of events) {
    assert.deepEqual(event.impersonatedUser, AS_BOT);
    const recorded = recordedOf(await field.recordedRequest(event.auditID));
    assert.equal(recorded.split(' ')[0], readingOf(event), event.requestURI);
  }
}

/** Whether a refusal of the parser came with the status that the case names. */
function assertRefused({ golden, came }: Tried): void {
  const [status = ''] = golden.answer.split(' ');
  const wanted = golden.answer.startsWith('no-lane') ? '403' : status;
  if (!/^\d{3}$/.test(wanted)) return;
  // What is no request line at all never gets as far as the parser.
  const others = /^[A-Z]+$/.test(golden.method) && golden.target.startsWith('/') ? [] : ['400', '404'];
  const upgrade = golden.headers.some(([name]) => name === 'Upgrade') ? ['400'] : [];
  const fragment = golden.target.includes('#') ? ['404'] : [];
  const all = [wanted, ...others, ...upgrade, ...fragment];
  assert.ok(all.includes(String(came.answer)), `${golden.place} ${golden.method} ${golden.target}: ${came.answer}`);
}

/** Sends the corpus: what is refused is not sent, what is sent is what is on record. */
async function corpus(field: Field, port?: number): Promise<readonly Outcome[]> {
  const { result: tried, seen } = await field.seenOf(() => sendAll(field, port));
  const ids = new Set(tried.map(({ came }) => came.id));
  const own = seen.filter(({ auditID }) => ids.has(auditID));
  await assertJudgedAsSent(field, own);
  const events = new Map(own.map((event) => [event.auditID, `${readingOf(event)} ${event.requestURI}`]));
  return tried.map((one) => ({ ...one, upstream: events.get(one.came.id) }));
}

interface Outcome extends Tried {
  /** What the API server saw of it. */
  readonly upstream: string | undefined;
}

const direct = triesOf(10, {
  'every case of the parser: what is refused is not sent, what is sent is what is on record': async (field) => {
    for (const tried of await corpus(field)) {
      assertRefused(tried);
      if (/^(?:\d|no-lane)/.test(tried.golden.answer))
        assert.equal(tried.upstream, undefined, 'refused, and sent all the same');
    }
  },
});

/** Does something with Go's reverse proxy in front of the gateway, which passes targets on as they came. */
async function withProxy(field: Field, work: (port: number) => Promise<void>): Promise<void> {
  const { site } = field;
  const program = await buildGo(GO_PROXY, site.dir, 'front-proxy');
  const [certificate, key] = [join(site.dir, 'server.pem'), join(site.dir, 'server.key')];
  const proxy = new RunningProcess(
    program,
    [
      ...['-upstream', site.data, '-upstream-ca', site.caFile, '-client-cert', certificate, '-client-key', key],
      ...['-server-cert', certificate, '-server-key', key],
    ],
    process.env,
    'pipe',
  );
  try {
    const server = await proxy.stdout.find((line) => line.startsWith('https://'));
    await work(Number(new URL(server).port));
  } finally {
    await proxy.kill();
  }
}

/** What came of a case: who refused it, and why, or what the API server saw of it, whatever that answered. */
function outcomeOf({ came, upstream }: Outcome): string {
  if (upstream !== undefined) return upstream;
  const status = came.body.startsWith('{') ? JSON.parse(came.body) : undefined;
  return `${came.answer} ${status?.kind === 'Status' ? causeOf(status) : came.body.trim()}`;
}

const isBroken = ({ target }: GoldenCase) => BROKEN_ESCAPE.test(target.split('?')[0] ?? '');
const isChanged = ({ method, target }: GoldenCase) => CHANGED_BY_GO.has(`${method} ${target}`);

/** Rows whose cases are paths, which a proxy in front may read otherwise. */
const OF_PATHS = [6, 14];

const behindProxy = triesOf(8, {
  "every case of the parser, through Go's reverse proxy in front of the gateway: what comes of it is what comes without":
    async (field) => {
      const differing: string[] = [];
      await withProxy(field, async (port) => {
        const behind = await corpus(field, port);
        for (const one of behind) if (!isChanged(one.golden)) assertRefused(one);
        const alone = new Map((await corpus(field)).map((one) => [one.golden.place, outcomeOf(one)]));
        for (const one of behind) {
          const { place, method, target } = one.golden;
          const wanted = isBroken(one.golden)
            ? `${REFUSED_BY_GO['HTTP/1.1']} `
            : (CHANGED_BY_GO.get(`${method} ${target}`) ?? alone.get(place));
          if (outcomeOf(one) !== wanted)
            differing.push(`${place} ${method} ${target}: ${outcomeOf(one)}, not ${wanted}`);
        }
      });
      assert.deepEqual(differing, []);
    },
  "every path that routers read differently, through Go's reverse proxy: the answer that it has without": async (
    field,
  ) => {
    const cases = readGoldenAttacks().filter(({ row, request }) => OF_PATHS.includes(row) && request.form === 'plain');
    assert.ok(cases.length > 20);
    const ownAnswer = ({ request }: GoldenAttack, over: Transport) =>
      request.form === 'plain' && BROKEN_ESCAPE.test(request.target) ? REFUSED_BY_GO[over] : undefined;
    await withProxy(field, async (port) => {
      for (const golden of cases) {
        for (const over of golden.over) await checkGolden(golden, over, field, { port, ownAnswer });
      }
    });
  },
});

export const corpusTries: readonly Try[] = [...direct, ...behindProxy];
