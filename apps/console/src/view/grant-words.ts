// SPDX-License-Identifier: Apache-2.0

/** A grant as far as its words go. */
export interface GrantLike {
  readonly state: 'pending' | 'active' | 'denied' | 'expired' | 'revoked' | 'withdrawn';
  readonly scope: {
    readonly verbs: readonly string[];
    readonly resources: readonly string[];
    readonly namespaces: readonly string[];
    readonly names?: readonly string[];
    readonly labels?: readonly string[];
  };
  readonly signatures: readonly { readonly by: { readonly issuer: string; readonly subject: string } }[];
}

interface Signer {
  readonly issuer: string;
  readonly subject: string;
  readonly roles: readonly string[];
}

const either = (words: readonly string[]): string => words.join(', ');

/** Where a scope reaches: `in demo, staging`, or outside all namespaces, which is said in so many words. */
function placeWords(namespaces: readonly string[]): string {
  const named = namespaces.filter((one) => one !== '');
  const within = named.length === 0 ? '' : `in ${either(named)}`;
  return named.length === namespaces.length ? within : [within, 'cluster-wide'].filter(Boolean).join(' and ');
}

/** What a grant is for, in a line: `delete, patch configmaps in demo`. */
export function scopeWords({ verbs, resources, namespaces, names, labels }: GrantLike['scope']): string {
  const which = names === undefined ? '' : `named ${either(names)}`;
  const labelled = labels === undefined ? '' : `labelled ${labels.join(' and ')}`;
  return [either(verbs), either(resources), which, labelled, placeWords(namespaces)].filter(Boolean).join(' ');
}

/** For how long, as people say it: `90 s`, `15 min`, `2 h 30 min`. */
export function lengthWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** What a state means for the agent, in a sentence. */
export function grantStateWords(state: GrantLike['state']): string {
  switch (state) {
    case 'pending':
      return 'It waits for a signature. Nothing is let through by it.';
    case 'active':
      return 'It is in force: for each rule whose people have signed it, nobody is asked again.';
    case 'denied':
      return 'Denied. The agent is asked for each request.';
    case 'expired':
      return 'Its time is over.';
    case 'revoked':
      return 'Revoked: what went on by it has been ended.';
    case 'withdrawn':
      return 'The agent took it back.';
  }
}

/** Whether anything can still be said of a grant. */
export function isOpen({ state }: Pick<GrantLike, 'state'>): boolean {
  return state === 'pending' || state === 'active';
}

/**
 * Why somebody signs nothing under a grant, in a sentence; undefined where they may. The gateway decides: this only keeps
 * them from signing in vain.
 */
export function whyNoSignature({ state, signatures }: GrantLike, person: Signer): string | undefined {
  if (!isOpen({ state })) return grantStateWords(state);
  if (!person.roles.includes('approver')) return 'Approvers sign grants.';
  const signed = signatures.some(({ by }) => by.issuer === person.issuer && by.subject === person.subject);
  return signed ? 'You have signed this.' : undefined;
}

/** Whether somebody may end a grant: approvers and operators any, owners those of their agents. */
export function mayRevoke(
  { state, agent }: GrantLike & { readonly agent: string },
  { roles, agents }: Signer & { readonly agents: readonly string[] },
): boolean {
  const isTheirs = roles.includes('owner') && agents.includes(agent);
  return isOpen({ state }) && (isTheirs || roles.some((role) => role === 'approver' || role === 'operator'));
}
