// SPDX-License-Identifier: Apache-2.0

/** Actions of policies that a grant may be for, those that are asked for most first. */
export const GRANT_VERBS = [
  ...['create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['exec', 'attach', 'portforward', 'ephemeralcontainers'],
  ...['get', 'list', 'watch', 'log'],
] as const;

/** What an owner fills in: lists are written as words with commas or spaces between them. */
export interface GrantQuestion {
  readonly agent: string;
  readonly cluster: string;
  readonly verbs: readonly string[];
  readonly resources: string;
  readonly namespaces: string;
  /** Also what is in no namespace. */
  readonly clusterWide: boolean;
  readonly names: string;
  readonly labels: string;
  readonly minutes: string;
  readonly reason: string;
}

const wordsIn = (text: string): readonly string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** Why a question can't be asked yet, in a sentence; undefined where it can. The gateway decides what it makes of it. */
export function whatIsMissing({
  verbs,
  resources,
  namespaces,
  clusterWide,
  minutes,
}: GrantQuestion): string | undefined {
  if (verbs.length === 0) return 'Choose at least one verb.';
  if (wordsIn(resources).length === 0) return 'Say for which resources.';
  if (wordsIn(namespaces).length === 0 && !clusterWide) return 'Say in which namespaces, or tick what is in none.';
  return /^\d{1,3}$/.test(minutes) && Number(minutes) > 0 ? undefined : 'Say for how many minutes.';
}

/** The body of `POST /api/v1/grants`. */
export function grantBodyOf(question: GrantQuestion): object {
  const { agent, cluster, verbs, resources, namespaces, clusterWide, names, labels, minutes, reason } = question;
  const [named, labelled] = [wordsIn(names), wordsIn(labels)];
  return {
    agent,
    cluster,
    verbs,
    resources: wordsIn(resources),
    namespaces: [...wordsIn(namespaces), ...(clusterWide ? [''] : [])],
    ...(named.length === 0 ? {} : { names: named }),
    ...(labelled.length === 0 ? {} : { labels: labelled }),
    seconds: Number(minutes) * 60,
    reason,
  };
}
