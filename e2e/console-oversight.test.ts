// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { ASK_DELETES } from './approvals/ask-deletes.ts';
import { noChromium } from './console/chromium-program.ts';
import { ConsoleBrowser } from './console/console-browser.ts';
import { pageFlaws } from './console/page-flaws.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign } from './installation/countersign.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const BUILD = join(import.meta.dirname, '../apps/console/build.ts');

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

${ASK_DELETES}`;

const clusters = { lab: ['countersign:workers'] };

let site: Installation;

suite('who answers for what agents do, in the console', { skip: noChromium }, () => {
  before(async () => {
    await promisify(execFile)(process.execPath, [BUILD, '--if-stale']);
    site = await startInstallation({
      clusters: { lab: { policies: POLICIES } },
      agents: { worker: { clusters }, scribe: { clusters } },
      people: { ada: [] },
      console: true,
      configure: (config) => ({
        ...config,
        agents: (config.agents ?? []).map((agent) => ({ ...agent, owner: agent.id === 'worker' ? 'ada' : 'grace' })),
        roles: { ...config.roles, owner: [{ issuer: 'provider' }] },
      }),
    });
  });
  after(() => site?.stop());

  test('glass that is broken is said on every page, and an operator ends it there', async () => {
    const operator = await ConsoleBrowser.open(site.console);
    try {
      await operator.signIn('operator', '/break-glass');
      const { page } = operator;
      await page.getByText('No glass is broken.').waitFor();
      await operator.keepLooks('break-glass-none');
      const open = ['break-glass', 'open', 'lab', 'worker', '--reason', 'the shop is down', '--for', '15m'];
      await countersign(...open, ...controlFlags(site, 'operator'));
      await operator.go('/agents');
      await page.getByText('Break-glass is open.').waitFor();
      await page.getByRole('link', { name: 'See or end it' }).click();
      await page.getByRole('cell', { name: 'the shop is down' }).waitFor();
      assert.deepEqual(await pageFlaws(page), []);
      await operator.keepLooks('break-glass');
      await page.getByRole('button', { name: 'End break-glass for worker' }).click();
      await page.getByRole('textbox', { name: 'Reason' }).fill('it is up again');
      await page.getByRole('button', { name: 'End break-glass', exact: true }).click();
      await page.getByText('ended', { exact: true }).waitFor();
      await page.getByText('Break-glass is open.').waitFor({ state: 'detached' });
      const records = (await site.records()).flatMap(({ record }) => (record.type === 'breakglass' ? [record] : []));
      assert.deepEqual(
        records.map(({ action, by }) => [action, by]),
        [
          ['opened', 'operator'],
          ['ended', 'operator'],
        ],
      );
      assert.deepEqual(operator.complaints, []);
    } finally {
      await operator.close();
    }
  });

  test('an owner sees their own agents alone, and stops one that an operator lets in again', async () => {
    const ada = await ConsoleBrowser.open(site.console);
    const flags = controlFlags(site, 'operator');
    try {
      await ada.signIn('ada', '/agents');
      const { page } = ada;
      await page.getByRole('heading', { name: 'Your agents' }).waitFor();
      await page.getByRole('cell', { name: 'worker' }).first().waitFor();
      assert.equal(await page.getByRole('cell', { name: 'scribe' }).count(), 0);
      assert.equal((await site.as('worker').call('GET', CONFIG_MAPS)).status, 200);
      await page.getByRole('button', { name: 'Lock worker' }).click();
      await page.getByRole('textbox', { name: 'Reason' }).fill('it does what I did not ask for');
      await page.getByRole('button', { name: 'Lock agent' }).click();
      await page.getByText('locked', { exact: true }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Unlock worker' }).count(), 0);
      assert.deepEqual(await pageFlaws(page), []);
      await ada.keepLooks('own-agents');
      assert.equal((await site.as('worker').call('GET', CONFIG_MAPS)).status, 403);
      assert.equal((await site.as('scribe').call('GET', CONFIG_MAPS)).status, 200);
      assert.match(await countersign('lock', 'agent', 'worker', '--off', ...flags), /no longer locked/);
      assert.equal((await site.as('worker').call('GET', CONFIG_MAPS)).status, 200);
      assert.deepEqual(ada.complaints, []);
    } finally {
      await ada.close();
    }
  });

  test('an owner asks for a grant for an agent of theirs, with the keyboard alone, and takes it back', async () => {
    const ada = await ConsoleBrowser.open(site.console);
    try {
      await ada.signIn('ada', '/grants');
      const { page } = ada;
      const { keyboard } = page;
      await page.getByText('There are no grants.').waitFor();
      await page.getByText('Ask for a grant for an agent of yours').press('Enter');
      await page.getByRole('combobox', { name: 'Agent' }).waitFor();
      assert.deepEqual(await page.getByRole('combobox', { name: 'Agent' }).getByRole('option').allInnerTexts(), [
        'worker',
      ]);
      await page.getByRole('textbox', { name: 'Resources' }).press('Enter');
      assert.equal(await page.getByRole('combobox', { name: 'Agent' }).count(), 1, 'what is missing keeps it here');
      await page.getByRole('checkbox', { name: 'delete', exact: true }).press('Space');
      await page.getByRole('checkbox', { name: 'portforward' }).focus();
      for (let step = 0; step < 6; step += 1) await keyboard.press('Tab');
      await keyboard.type('configmaps');
      for (const text of ['demo', '', 'app=web']) {
        await keyboard.press('Tab');
        await keyboard.type(text);
      }
      assert.deepEqual(await pageFlaws(page), []);
      await ada.keepLooks('grant-request');
      await keyboard.press('Tab');
      await keyboard.press('Tab');
      await keyboard.type('it tidies up today');
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: 'delete configmaps labelled app=web in demo' }).waitFor();
      await page.getByText('app=web, before the request and after it').waitFor();
      assert.deepEqual(await pageFlaws(page), []);
      await ada.keepLooks('grant-asked-by-owner');
      await page.getByRole('button', { name: 'Revoke' }).press('Enter');
      await page.getByRole('textbox', { name: 'Reason' }).press('Enter');
      await page.getByText('Revoked: what went on by it has been ended.').waitFor();
      const records = (await site.records()).map(({ record }) => record);
      const told = records.flatMap((record) =>
        record.type === 'grant.asked' || record.type === 'grant.revoked'
          ? [[record.type, record.agent, record.by]]
          : [],
      );
      assert.deepEqual(told, [
        ['grant.asked', 'worker', 'ada'],
        ['grant.revoked', 'worker', 'ada'],
      ]);
      assert.deepEqual(ada.complaints, []);
    } finally {
      await ada.close();
    }
  });
});
