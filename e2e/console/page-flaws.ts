// SPDX-License-Identifier: Apache-2.0
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What is wrong with a page for whoever can't see it or has no mouse, as far as its elements tell: controls without a
 * name, ids that stand twice, no heading, what takes the focus out of its order. Runs in the page, as text: nothing of
 * the tests is there.
 */
const FLAWS = `(() => {
  const flaws = [];
  const nameOf = (element) =>
    (element.getAttribute('aria-label') ?? '').trim() ||
    [...(element.labels ?? [])].map((label) => label.textContent.trim()).join(' ') ||
    element.textContent.trim();
  for (const element of document.querySelectorAll('a, button, input, textarea, select, summary')) {
    if (nameOf(element) === '') flaws.push('without a name: ' + element.outerHTML.slice(0, 80));
  }
  for (const element of document.querySelectorAll('nav, section[aria-labelledby], dialog')) {
    const by = element.getAttribute('aria-labelledby');
    if (by !== null && !document.getElementById(by)) flaws.push('named by what is not there: ' + by);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) flaws.push('stands twice: ' + id);
  if (document.querySelectorAll('h1').length !== 1) flaws.push('has not one first heading');
  if (document.querySelectorAll('main').length !== 1) flaws.push('has not one main part');
  if (document.querySelector('[tabindex]:not([tabindex="-1"]):not([tabindex="0"])')) flaws.push('an order of its own');
  // The player of terminals sets style by script, which the policy of the page lets it.
  for (const element of document.querySelectorAll('[style]:not([style=""], .ap-wrapper *), style, script:not([src])')) {
    flaws.push('style or script in the page: ' + element.outerHTML.slice(0, 80));
  }
  if (document.documentElement.lang === '') flaws.push('does not say its language');
  return flaws;
})()`;

export async function pageFlaws(page: Page): Promise<readonly string[]> {
  return page.evaluate(FLAWS);
}

/** All of WCAG 2.2 to level AA that a program can tell. */
const WCAG = `axe
  .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`;

/** Where a page falls short of WCAG as it is shown now, colours included. */
export async function wcagFlaws(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(WCAG);
}
