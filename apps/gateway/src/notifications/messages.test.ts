// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudEvent } from './cloud-event.ts';
import { inWords } from './in-words.ts';
import { linkOf } from './link-of.ts';
import { NOTICE_TOPICS, type Notice, type NoticeFacts, type NoticeType } from './notice.ts';
import { slackMessage } from './slack-message.ts';

const APPROVAL = '01990000-0000-7000-8000-000000000001';
const CONSOLE = 'https://console.example';

function notice(type: NoticeType, about: NoticeFacts): Notice {
  return { id: 'abc-1', type, at: '2026-11-30T00:00:00.000Z', about };
}

const asked = notice('approval-asked', {
  agent: 'reporter',
  cluster: 'lab',
  namespace: 'demo',
  verb: 'delete',
  resource: 'configmaps',
  rules: ['lab/ask-about-deletes'],
  groups: ['approvers'],
  approval: APPROVAL,
  expiresAt: '2026-11-30T00:15:00.000000Z',
});

test('a CloudEvent has its attributes, what is told in words, and the link', () => {
  const event = JSON.parse(cloudEvent(asked, 'gateway', linkOf(asked, CONSOLE)));
  const { data, ...attributes } = event;
  assert.deepEqual(attributes, {
    specversion: '1.0',
    id: 'abc-1',
    source: '/countersign/gateways/gateway',
    type: 'countersign.approval-asked',
    time: '2026-11-30T00:00:00.000Z',
    subject: 'reporter',
    datacontenttype: 'application/json',
  });
  assert.equal(data.link, `${CONSOLE}/approvals/${APPROVAL}`);
  assert.equal(
    data.text,
    'reporter asks: delete configmaps in namespace demo of cluster lab. A countersignature of approvers is awaited until 2026-11-30 00:15:00 UTC (lab/ask-about-deletes)',
  );
  assert.deepEqual(data.rules, ['lab/ask-about-deletes']);
});

test('everything that is told has words of its own, with nothing missing in them', () => {
  const about = {
    ...asked.about,
    fault: 'ERR_POLICY_DENIED',
    count: 21,
    seconds: 60,
    lock: 'agent',
    target: 'a',
  } as const;
  const types = Object.keys(NOTICE_TOPICS) as NoticeType[];
  const sentences = types.map((type) => inWords(notice(type, about)));
  assert.equal(new Set(sentences).size, types.length);
  for (const sentence of sentences) assert.doesNotMatch(sentence, /undefined|null|NaN|\[object/);
  assert.equal(inWords(notice('lock', { lock: 'owner' })), 'Locked: an owner of agents');
});

test('what an agent chose is shown with nothing hidden, and is no markup for Slack', () => {
  const hostile = notice('first-use', {
    agent: 'reporter',
    cluster: 'lab',
    verb: 'get',
    resource: '<!channel>&<https://evil.example|click>',
    namespace: '\u202eevil\n',
  });
  const message = JSON.parse(slackMessage(hostile, linkOf(hostile, CONSOLE)));
  const expected =
    'reporter did this for the first time: get &lt;!channel&gt;&amp;&lt;https://evil.example|click&gt; in namespace \\u{202e}evil\\u{a} of cluster lab';
  assert.deepEqual(message, {
    text: expected,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: expected, emoji: false } },
      { type: 'section', text: { type: 'mrkdwn', text: `<${CONSOLE}/exchanges|Open in Countersign>`, verbatim: true } },
    ],
  });
});

test('what Slack would refuse as too long is cut between two characters, and says so', () => {
  const textOf = (target: string): string => {
    const message = JSON.parse(slackMessage(notice('lock', { lock: 'agent', target }), undefined));
    assert.equal(message.blocks[0].text.text, message.text);
    return message.text;
  };
  assert.equal(textOf('a'.repeat(2_986)).length, 3_000);
  assert.doesNotMatch(textOf('a'.repeat(2_986)), /…/);
  for (const character of ['a', '&', '<', '😀', '\u202e'])
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const text = textOf(before + character.repeat(2_987));
      assert.ok(text.length <= 3_000 && text.length > 2_980, String(text.length));
      assert.match(text, /^Locked: agent x?y?z?(?:a|&amp;|&lt;|😀|\\u\{202e\}|\\(?:u\{?[0-9a-f]*)?)+ …$/u);
    }
});

test('without a console, or a page of it, there is no link', () => {
  assert.equal(linkOf(asked, undefined), undefined);
  assert.equal(linkOf(notice('grant-asked', { grant: APPROVAL }), CONSOLE), undefined);
  assert.equal(linkOf(notice('lock', { lock: 'session' }), CONSOLE), `${CONSOLE}/sessions`);
  assert.equal(JSON.parse(slackMessage(asked, undefined)).blocks.length, 1);
  assert.equal('link' in JSON.parse(cloudEvent(asked, 'gateway', undefined)).data, false);
});
