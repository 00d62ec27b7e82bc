// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connector } from '@countersign/connector';
import type { Leaf } from '@countersign/evidence';
import { type Answered, Load } from './fixtures/load.ts';
import { AS_MUCH_AS_THERE_IS } from './installation/config-file.ts';
import { countersign } from './installation/countersign.ts';
import { startPromptConnector } from './installation/prompt-connector.ts';
import { type Installation, startInstallation } from './installation.ts';

const KILLS = 50;
const CALLERS = 8;
/** Every so many kills one hits a gateway that is still starting, and the log is verified. */
const START_EVERY = 6;
const VERIFY_EVERY = 10;
const MAX_ANSWERS = 80;

let site: Installation;
let connector: Connector;
let load: Load;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: '@id("all") permit (principal == Agent::"caller", action, resource);' } },
    agents: { caller: { clusters: { lab: ['countersign:demo'] }, limits: AS_MUCH_AS_THERE_IS } },
  });
  // Fifty starts in a row: what Node compiles of the gateway it need compile but once.
  process.env.NODE_COMPILE_CACHE ??= join(site.dir, 'compile-cache');
  await site.connectors.get('lab')?.stop();
  connector = await startPromptConnector(site, [`127.0.0.1:${site.config.listeners.tunnel.port}`]);
  load = new Load({
    server: site.as('caller').server,
    ca: await readFile(site.caFile, 'utf8'),
    callers: CALLERS,
  });
});
after(async () => {
  await load?.stop();
  await connector?.close(0);
  await site?.stop();
});

function verify(): Promise<string> {
  const { dir, trust } = site.evidence;
  return countersign('evidence', 'verify', dir, '--trust', trust);
}

const isCreated = ({ kind, status }: Answered) => kind === 'create' && status === 201;

/** Starts a gateway and kills it: amid its start, or after a random number of answers, when others are under way. */
async function live(round: number, startMs: number): Promise<{ readonly startMs: number }> {
  const begun = performance.now();
  const started = site.startGateway();
  if (round % START_EVERY === 0) {
    await Promise.race([started.catch(() => {}), delay(Math.random() * startMs)]);
    await site.gateway.kill();
    await started.catch(() => {});
    return { startMs };
  }
  await started;
  const tookMs = performance.now() - begun;
  const created = load.next(isCreated);
  load.resume(await site.freshToken('caller'));
  await created;
  let left = Math.floor(Math.random() * MAX_ANSWERS);
  await load.next(() => left-- <= 0);
  await site.gateway.kill();
  return { startMs: tookMs };
}

/** What a record says of how its exchange ended; undefined for one that is not the last of it. */
function endingOf(record: Leaf): { readonly status: number | undefined } | undefined {
  switch (record.type) {
    case 'answer':
    case 'refusal':
      return { status: record.status };
    case 'outcome':
      return record.result === 'unknown' ? undefined : { status: record.status };
    default:
      return undefined;
  }
}

function byExchange(records: readonly Leaf[]): Map<string, Leaf[]> {
  const exchanges = new Map<string, Leaf[]>();
  for (const record of records) {
    if (!('exchange' in record) || record.exchange === undefined) continue;
    exchanges.set(record.exchange, [...(exchanges.get(record.exchange) ?? []), record]);
  }
  return exchanges;
}

test('killed 50 times under load, the log keeps what was acknowledged, and has an intent for what was forwarded', async (t) => {
  await site.gateway.kill();
  const starts: number[] = [];
  let startMs = 1_000;
  const begun = performance.now();
  for (let round = 1; round <= KILLS; round++) {
    ({ startMs } = await live(round, startMs));
    starts.push(startMs);
    if (round % VERIFY_EVERY === 0) assert.match(await verify(), /VERIFIED/);
  }
  const tookS = (performance.now() - begun) / 1_000;
  await site.startGateway();
  await load.stop();
  assert.match(await verify(), /VERIFIED/);

  const exchanges = byExchange((await site.records()).map(({ record }) => record));
  const lost = load.answered.filter(
    ({ id, status }) => !exchanges.get(id)?.some((record) => endingOf(record)?.status === status),
  );
  assert.deepEqual(lost, [], 'acknowledged, but not on record');

  const written = (await site.audit('lab')).filter(({ verb }) => verb === 'create').map(({ auditID }) => auditID);
  const unintended = written.filter((id) => !exchanges.get(id)?.some(({ type }) => type === 'intent'));
  assert.deepEqual(unintended, [], 'forwarded, but there is no intent');

  const all = [...exchanges.values()].flat();
  const intents = all.filter(({ type }) => type === 'intent').length;
  const outcomes = all.filter((record) => record.type === 'outcome');
  const unknown = outcomes.filter(({ result }) => result === 'unknown');
  assert.equal(intents, outcomes.length);
  assert.ok(unknown.length > 0 && load.answered.length > KILLS && written.length > KILLS);
  starts.sort((a, b) => a - b);
  t.diagnostic(
    `${KILLS} kills in ${tookS.toFixed(0)} s; a start takes ${starts[KILLS / 2]?.toFixed(0)} ms; ` +
      `${load.answered.length} answers, ${intents} intents, ${unknown.length} unknown`,
  );
});
