// SPDX-License-Identifier: Apache-2.0
import { inWords } from './in-words.ts';
import type { Notice } from './notice.ts';

/** What Slack reads as the begin of markup; everything else of it stays a text. @see https://docs.slack.dev/messaging/formatting-message-text */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function slackText(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}

/** What Slack takes as the text of a section. @see https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MAX_TEXT = 3_000;
const CUT = ' …';

/** A text for Slack, cut between two characters where it is too long: half of an escape would be another text. */
function cutText(text: string): string {
  const whole = slackText(text);
  if (whole.length <= MAX_TEXT) return whole;
  let kept = '';
  for (const character of text) {
    const next = slackText(character);
    if (kept.length + next.length + CUT.length > MAX_TEXT) break;
    kept += next;
  }
  return kept + CUT;
}

/**
 * A notice as the body of an incoming webhook: a plain text, in which nothing is markup, and a link. Slack neither makes
 * links of what it finds in it nor looks where the link leads.
 */
export function slackMessage(notice: Notice, link: string | undefined): string {
  const text = cutText(inWords(notice));
  const mrkdwn = link === undefined ? [] : [`<${slackText(link)}|Open in Countersign>`];
  return JSON.stringify({
    text,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: { type: 'plain_text', text, emoji: false } },
      ...mrkdwn.map((line) => ({ type: 'section', text: { type: 'mrkdwn', text: line, verbatim: true } })),
    ],
  });
}
