// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { ASK_DELETES } from './approvals/ask-deletes.ts';
import { Desk } from './approvals/desk.ts';
import { storyOf } from './approvals/story-of.ts';
import { noChromium } from './console/chromium-program.ts';
import { ConsoleBrowser } from './console/console-browser.ts';
import { pageFlaws } from './console/page-flaws.ts';
import { ToldWebhook } from './console/told.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const BUILD = join(import.meta.dirname, '../apps/console/build.ts');

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

${ASK_DELETES}
@id("ask-about-settings")
@reason("The shop reads its settings: somebody looks at a change first.")
@approval("approvers")
forbid (principal is Agent, action == Action::"patch", resource)
when { resource.resource == "configmaps" && resource.name == "shop-settings" };
`;

/** What a page would run, and what would turn the rest of a line around. */
const HOSTILE = '<img src=x onerror="document.title=1"> \u202eevil';

let site: Installation;
let desk: Desk;
let grace: ConsoleBrowser;
let told: ToldWebhook;

const actionOf = (name: string) => `delete configmaps ${name} in namespace demo`;

/** A kubectl that deletes a ConfigMap that it finds there, and the approval that it waits for. */
async function deleting(name: string, tone = 'warm') {
  const made = await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name }, data: { tone } });
  assert.equal(made.status, 201);
  const kubectl = await site.as('worker').startKubectl('delete', 'configmap', name);
  return { kubectl, approval: await desk.waiting(actionOf(name)) };
}

/** Audit ids of what the API server was asked to delete, but for dry runs. */
async function deletes(name: string): Promise<readonly string[]> {
  const own = (await site.audit('lab')).filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.name === name);
  const meant = own.filter(({ requestURI }) => !requestURI.includes('dryRun=All'));
  return [...new Set(meant.map(({ auditID }) => auditID))];
}

/** That a passkey of hers signed it, as an auditor sees from the log alone. */
async function isVerified(approval: string): Promise<void> {
  const { dir, trust, keys } = site.evidence;
  const verified = await countersign('approvals', 'verify', approval, '--log', dir, '--trust', trust, '--keys', keys);
  assert.match(verified, /signed by passkey \S+, over this approval, digest, card and verdict/);
  assert.match(verified, /said by grace of .*: it is not used/);
  assert.match(verified, /^RESULT {3}VERIFIED$/m);
}

/** Opens what waits, from the inbox, where it appears by itself. */
async function openCard(action: string): Promise<void> {
  await grace.page.getByRole('link', { name: 'Approvals', exact: true }).click();
  await grace.page.getByRole('link', { name: action }).click();
  await grace.page.getByRole('heading', { name: action }).waitFor();
}

/** Presses Tab until something has the focus that is seen to have it; fails where that never comes. */
async function tabTo(role: 'link' | 'button', name: string): Promise<void> {
  const wanted = grace.page.getByRole(role, { name });
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await wanted.and(grace.page.locator(':focus-visible')).count()) > 0) return;
    await grace.page.keyboard.press('Tab');
  }
  assert.fail(`Tab never comes to ${name}`);
}

suite('the console in a browser', { skip: noChromium }, () => {
  before(async () => {
    await promisify(execFile)(process.execPath, [BUILD, '--if-stale']);
    told = await ToldWebhook.start();
    site = await startInstallation({
      clusters: { lab: { policies: POLICIES } },
      agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
      people: { grace: ['approvers'] },
      console: true,
      configure: (config) => ({
        ...config,
        agents: (config.agents ?? []).map((agent) => ({ ...agent, purpose: 'Keeps the notes of namespace demo' })),
        roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
        notifications: {
          receivers: [{ kind: 'webhook', name: 'told', url: told.url, secretFile: told.secretFile }],
        },
      }),
    });
    desk = new Desk(site);
    grace = await ConsoleBrowser.open(site.console);
    await grace.signIn('grace');
  });
  after(async () => {
    await grace?.close();
    await site?.stop();
    await told?.close();
  });

  test('who has no passkey is sent to make one first', async () => {
    const { kubectl, approval } = await deleting('early');
    await openCard(actionOf('early'));
    await grace.page.getByRole('link', { name: 'Register a passkey' }).click();
    await grace.page.getByText('You have no passkey yet.').waitFor();
    await grace.registerPasskey('laptop');
    await desk.says('grace', 'deny', approval.id, '--reason', 'made to wait');
    assert.equal(await kubectl.exited, 1);
  });

  test('a delete waits, a person sees what it would do and signs it with a passkey, and the same kubectl ends well', async () => {
    const { kubectl, approval } = await deleting('approved');
    await openCard(actionOf('approved'));
    await grace.page.getByText('A person looks at what is deleted.').waitFor();
    await grace.page.getByText('It deletes: what is gone').waitFor();
    await grace.page.getByText('data.tone').waitFor();
    assert.deepEqual(await pageFlaws(grace.page), []);
    await grace.page.getByRole('textbox', { name: 'Reason' }).fill('it is not used');
    await grace.page.getByRole('button', { name: 'Approve with passkey' }).click();
    assert.equal(await kubectl.exited, 0, kubectl.output);
    assert.match(kubectl.output, /configmap "approved" deleted/);
    await grace.page.getByText('Countersigned, and used by request').waitFor();
    await grace.keepLooks('used');
    assert.equal((await deletes('approved')).length, 1);
    const records = (await site.records()).map(({ record }) => record);
    assert.deepEqual(storyOf(await desk.find(approval.id), records), [
      'approval.asked',
      'approval.approved',
      'approval.used',
      'intent',
      'outcome',
    ]);
    await isVerified(approval.id);
  });

  test('a webhook is told of what waits, and its link opens the card', async () => {
    const action = actionOf('told');
    const { kubectl, approval } = await deleting('told', 'a-tone-that-nobody-is-told');
    const asked = await eventually('the webhook is told', async () =>
      told.of(approval.id).find(({ type }) => type === 'countersign.approval-asked'),
    );
    assert.match(asked.data.text, /^worker asks: delete configmaps in namespace demo of cluster lab\./);
    assert.doesNotMatch(JSON.stringify(asked), /a-tone-that-nobody-is-told|"told"/);
    await grace.page.goto(asked.data.link ?? '');
    await grace.page.getByRole('heading', { name: action }).waitFor();
    await desk.says('grace', 'deny', approval.id, '--reason', 'it is in use');
    assert.equal(await kubectl.exited, 1);
    await eventually('the webhook is told what became of it', async () =>
      told.of(approval.id).find(({ type }) => type === 'countersign.approval-denied'),
    );
  });

  test('who is denied is told why in the words of the console, and nothing is done', async () => {
    const action = 'patch configmaps shop-settings in namespace demo';
    const settings = { greeting: 'Welcome to the shop', retries: '3', banner: 'on' };
    const made = await site
      .lab('lab')
      .admin.request('POST', CONFIG_MAPS, { metadata: { name: 'shop-settings' }, data: settings });
    assert.equal(made.status, 201);
    const patch = JSON.stringify({
      data: { greeting: 'Welcome to the store', retries: '30', banner: null, timeout: '5s' },
    });
    const kubectl = await site
      .as('worker')
      .startKubectl('patch', 'configmap', 'shop-settings', '--type', 'merge', '-p', patch);
    await openCard(action);
    await grace.page.getByText('data.timeout').waitFor();
    await grace.keepLooks('card');
    await grace.page.getByRole('textbox', { name: 'Reason' }).fill('the shop reads it; set retries alone');
    await grace.page.getByRole('button', { name: 'Deny with passkey' }).click();
    assert.equal(await kubectl.exited, 1);
    assert.match(kubectl.output, /the shop reads it; set retries alone/);
    await grace.page.getByText('Denied. The agent was told why; nothing was done.').waitFor();
    const now = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/shop-settings`);
    assert.deepEqual(now.body.data, settings);
  });

  test('what an agent or an object says is text, and nothing in it is hidden', async () => {
    const { kubectl, approval } = await deleting('hostile', HOSTILE);
    await openCard(actionOf('hostile'));
    await grace.page.getByText('<img src=x').waitFor();
    const { page } = grace;
    assert.equal(await page.locator('main img').count(), 0);
    const text = (await page.locator('main').textContent()) ?? '';
    assert.match(text, /\\u\{?202e/);
    assert.doesNotMatch(text, /\u202e/);
    await desk.says('grace', 'deny', approval.id, '--reason', 'no');
    // Nobody has touched the page: what is said elsewhere is shown by itself.
    await page.getByText('Denied. The agent was told why; nothing was done.').waitFor();
    assert.equal(await kubectl.exited, 1);
  });

  test('a grant is shown with its scope, signed with a passkey, in force at once, and over when it is revoked', async () => {
    const { page } = grace;
    const flags = controlFlags(site, 'worker');
    const scope = ['--namespace', 'demo', '--verb', 'delete', '--on', 'configmaps', '--for', '10m'];
    await grace.go('/grants');
    await page.getByText('There are no grants.').waitFor();
    await countersign('grants', 'request', 'lab', ...scope, '--reason', 'drafts are not used', ...flags);
    await page.getByRole('link', { name: 'delete configmaps in demo' }).waitFor();
    assert.deepEqual(await pageFlaws(page), []);
    await grace.keepLooks('grants');
    await page.getByRole('link', { name: 'delete configmaps in demo' }).click();
    await page.getByText('drafts are not used').waitFor();
    await grace.keepLooks('grant');
    await page.getByRole('textbox', { name: 'Reason' }).fill('for ten minutes');
    await page.getByRole('button', { name: 'Sign with passkey' }).click();
    await page.getByText('In force', { exact: true }).waitFor();
    await page.getByText('signed with a passkey').waitFor();
    const remove = async (name: string) => {
      const made = await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name } });
      assert.equal(made.status, 201);
      const headers = { 'countersign-wait': 'none' };
      return (await site.as('worker').call('DELETE', `${CONFIG_MAPS}/${name}`, { headers })).status;
    };
    assert.equal(await remove('granted'), 200);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('done');
    await page.getByRole('button', { name: 'Revoke grant' }).click();
    await page.getByText('Revoked: what went on by it has been ended.').waitFor();
    assert.equal(await remove('no-more'), 403);
  });

  test('all of it goes without a mouse', async () => {
    const { kubectl } = await deleting('by-keyboard');
    const { page } = grace;
    await grace.go('/approvals');
    await page.getByRole('link', { name: actionOf('by-keyboard') }).waitFor();
    await tabTo('link', actionOf('by-keyboard'));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve with passkey' }).waitFor();
    await tabTo('button', 'Approve with passkey');
    await page.keyboard.press('Enter');
    assert.equal(await kubectl.exited, 0, kubectl.output);
  });

  test('an operator sees agents, clusters, sessions, policy and exchanges, and ends and locks what must not go on', async () => {
    const operator = await ConsoleBrowser.open(site.console);
    try {
      await operator.signIn('operator', '/agents');
      const { page } = operator;
      const pages = {
        agents: 'worker',
        clusters: 'lab',
        sessions: 'worker',
        exchanges: 'delete configmaps approved in demo',
      };
      for (const [name, seen] of Object.entries(pages)) {
        await operator.go(`/${name}`);
        await page.getByRole('cell', { name: seen }).first().waitFor();
        assert.deepEqual(await pageFlaws(page), [], name);
        await operator.keepLooks(name);
      }
      await operator.go('/sessions');
      await page.getByRole('link', { name: 'Timeline of session' }).first().click();
      await page.getByRole('heading', { name: 'Session', exact: true }).waitFor();
      await page.getByRole('cell', { name: 'delete configmaps approved in demo' }).first().waitFor();
      await operator.keepLooks('session');
      await operator.go('/policy');
      await page.getByRole('heading', { name: 'lab', exact: true }).waitFor();
      await page.getByText('A person looks at what is deleted.', { exact: true }).click();
      await page.getByText('@id("ask-deletes")').waitFor();
      await page.getByLabel('Agent').fill('worker');
      await page.getByLabel('Cluster').fill('lab');
      await page.getByLabel('Method').selectOption('DELETE');
      await page.getByLabel('Target').fill(`${CONFIG_MAPS}/notes`);
      await page.getByRole('button', { name: 'Explain' }).click();
      await page.getByText('one of approvers', { exact: true }).waitFor();
      assert.deepEqual(await pageFlaws(page), []);
      await operator.keepLooks('policy');
      await operator.go('/exchanges');
      await page.getByRole('searchbox').fill('approved delete');
      await eventually('no row is shown but of what was searched for', async () => {
        const rows = await page.locator('tbody tr').allTextContents();
        return rows.length > 0 && rows.every((row) => row.includes('approved') && row.includes('delete'));
      });
      await operator.go('/agents');
      await page.getByRole('button', { name: 'Lock worker' }).click();
      await page.getByRole('textbox', { name: 'Reason' }).fill('enough');
      await page.getByRole('button', { name: 'Lock agent' }).click();
      await page.getByText('locked', { exact: true }).waitFor();
      assert.equal((await site.as('worker').call('GET', CONFIG_MAPS)).status, 403);
      await page.getByRole('button', { name: 'Unlock worker' }).click();
      await page.getByRole('button', { name: 'Unlock agent' }).click();
      await page.getByText('enabled', { exact: true }).waitFor();
      await eventually(
        'worker is let in again',
        async () => (await site.as('worker').call('GET', CONFIG_MAPS)).status === 200,
      );
      await operator.go('/sessions');
      await page.getByRole('button', { name: 'End the session of worker' }).click();
      await page.getByRole('button', { name: 'End session' }).click();
      await page.getByText('No session is going on.').waitFor();
      assert.deepEqual(operator.complaints, []);
    } finally {
      await operator.close();
    }
  });

  test('whoever has signed out is out', async () => {
    const { page } = grace;
    await grace.go('/passkeys');
    await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor();
    assert.deepEqual(await pageFlaws(page), []);
    await grace.keepLooks('passkeys');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await grace.keepLooks('sign-in');
    assert.deepEqual(grace.complaints, []);
  });
});
