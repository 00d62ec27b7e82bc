// SPDX-License-Identifier: Apache-2.0
// What somebody makes of an approval who can write the whole store lets nothing through, and is on record.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseApprovalView } from '@countersign/wire';
import { Intruder, keyOutside, type Stored } from './approvals/altered.ts';
import { Desk } from './approvals/desk.ts';
import { inPostgres } from './approvals/replica.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign } from './installation/countersign.ts';
import { noPostgres, Postgres } from './installation/postgres.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

@id("ask-writes") @approval("approvers") @reason("A person looks at what is made.")
forbid (principal is Agent, action in [Action::"create", Action::"delete"], resource);
`;

const cmd = (value: string) => ({ cmd: value });
const bodyOf = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: cmd('rm -rf /'),
});

function suite(start: () => Promise<{ readonly site: Installation; readonly stop: () => Promise<void> }>): void {
  let [site, stop]: [Installation, () => Promise<void>] = [undefined as never, async () => undefined];
  let desk: Desk;
  let intruder: Intruder;

  before(async () => {
    ({ site, stop } = await start());
    desk = new Desk(site);
    intruder = await Intruder.at(site.config);
  });
  after(async () => {
    await intruder?.[Symbol.asyncDispose]();
    await stop();
  });

  const make = (name: string) =>
    site.as('worker').call('POST', CONFIG_MAPS, { body: bodyOf(name), headers: { 'countersign-wait': 'none' } });

  const causeOf = (answer: { readonly json: { details: { causes: { reason: string }[] } } }) =>
    answer.json.details.causes[0]?.reason;

  async function asked(name: string): Promise<string> {
    assert.equal((await make(name)).status, 403);
    return (await desk.waiting(`create configmaps ${name} in namespace demo`)).id;
  }

  async function planned(name: string): Promise<string> {
    const path = join(site.dir, `${name}.json`);
    await writeFile(path, JSON.stringify(bodyOf(name)));
    const where = ['--cluster', 'lab', '-n', 'demo', '-o', 'json'];
    const told = await countersign('plan', '-f', path, ...where, ...controlFlags(site, 'worker'));
    return parseApprovalView(JSON.parse(told).approval).id;
  }

  /** The same approval, whose people are shown that a harmless command is written. */
  const harmless = ({ effect, members, ...more }: Stored): Stored => ({
    ...more,
    effect: disguised(effect),
    ...(members ? { members: members.map((one) => ({ ...one, effect: disguised(one.effect) })) } : {}),
  });
  const disguised = (effect: Stored['effect']): Stored['effect'] => ({
    ...effect,
    changes: effect.changes.map((one) => (one.path === 'data.cmd' ? { ...one, after: '"harmless"' } : one)),
  });

  const signedByGrace = (approval: Stored): Stored => {
    const by = { issuer: site.provider.issuer, subject: 'grace' };
    const signature = { by, groups: ['approvers'], at: new Date().toISOString(), reason: '' };
    return { ...approval, state: 'approved', signatures: [signature] };
  };

  async function isUnsound(name: string, id: string): Promise<void> {
    const refused = await make(name);
    assert.deepEqual([refused.status, causeOf(refused)], [403, 'ERR_APPROVAL_UNSOUND'], refused.text);
    assert.equal((await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/${name}`)).status, 404);
    const faults = (await desk.records(id)).flatMap((one) => ('fault' in one ? [one.fault] : []));
    assert.ok(faults.includes('ERR_APPROVAL_UNSOUND'), faults.join());
  }

  for (const [what, begin] of [
    ['what is made', asked],
    ['a request of a plan', planned],
  ] as const) {
    const nameOf = (suffix: string) => `${begin === asked ? 'alone' : 'planned'}-${suffix}`;

    test(`of ${what} nobody is shown another card, nor says yes to it, by any key of the store`, async () => {
      const name = nameOf('stored');
      const id = await begin(name);
      const { digest } = await desk.find(id);
      for (const key of await intruder.storedKeys()) {
        await intruder.alter(id, key, harmless);
        const said = await desk.say('grace', 'approve', id, '--digest', digest);
        assert.deepEqual([said.code, /Not what was asked/.test(said.stderr)], [1, true], said.stderr);
        await intruder.alter(id, key, signedByGrace);
        await isUnsound(name, id);
      }
    });

    test(`who has the key of the gateway, too, shows people another card of ${what}: it lets nothing through`, async () => {
      const name = nameOf('outside');
      const id = await begin(name);
      await intruder.alter(id, await keyOutside(site.config), harmless);
      assert.match(await desk.show('grace', id), /"harmless"/);
      await desk.says('grace', 'approve', id);
      await isUnsound(name, id);
    });

    test(`a signature under ${what} that stands in the store alone lets nothing through`, async () => {
      const name = nameOf('signed');
      const id = await begin(name);
      await intruder.write(id, signedByGrace);
      await isUnsound(name, id);
      const other = await asked(`${name}-other`);
      await desk.says('grace', 'approve', other);
      const given = (await intruder.read(other)).signatures;
      assert.equal(given.length, 1);
      await intruder.write(id, (approval) => ({ ...approval, signatures: given }));
      await isUnsound(name, id);
    });
  }

  test('what nobody has altered goes through', async () => {
    await desk.says('grace', 'approve', await asked('honest'));
    assert.equal((await make('honest')).status, 201);
  });
}

function installation(configure: Parameters<typeof startInstallation>[0]['configure'] = (config) => config) {
  return startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
    people: { grace: ['approvers'] },
    configure: (config) =>
      configure({ ...config, roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] } }),
  });
}

describe('a store in SQLite', () =>
  suite(async () => {
    const site = await installation();
    return { site, stop: () => site.stop() };
  }));

describe('a store in PostgreSQL', { skip: noPostgres }, () =>
  suite(async () => {
    const postgres = await Postgres.start();
    const site = await installation((config) => inPostgres(config, postgres.port));
    const stop = async () => {
      await site.stop();
      await postgres.stop();
    };
    return { site, stop };
  }),
);
