// SPDX-License-Identifier: Apache-2.0
import type { Weakening } from '../weakening.ts';

const CLAIMS = 'apps/gateway/src/identity/token-claims.ts';
const AUTHENTICATOR = 'apps/gateway/src/identity/authenticator.ts';
const LIVE_END = 'apps/gateway/src/streams/live-end.ts';

/** What opens rows about who calls, what policy says, the record, and what stands beside. */
export const standingWeakenings: readonly Weakening[] = [
  {
    row: 4,
    what: 'a group may hold a comma',
    edits: [{ file: 'apps/gateway/src/identity/token-groups.ts', find: " && !value.includes(',')", replace: '' }],
    reddens: ['a comma in a group'],
  },
  {
    row: 5,
    what: 'an agent without groups gets some',
    edits: [
      {
        file: 'apps/gateway/src/identity/upstream-identity.ts',
        find: '...upstreamGroups.map(',
        replace: "...(upstreamGroups.length > 0 ? upstreamGroups : ['countersign:bots']).map(",
      },
    ],
    reddens: ['an agent without groups is itself, and nobody else'],
  },
  {
    row: 12,
    what: 'a credential among the sub-protocols is passed over',
    edits: [
      {
        file: 'apps/gateway/src/identity/bearer-token.ts',
        find: "return refused('credential-in-subprotocol');",
        replace: 'continue;',
      },
    ],
    reddens: ['beside a good one', 'a credential as a sub-protocol'],
  },
  {
    row: 15,
    what: 'a caller names its own exchange',
    edits: [
      {
        file: 'apps/gateway/src/serve.ts',
        find: 'const id = randomUUID();',
        replace: "const id = incoming.headers.find(([name]) => name === 'audit-id')?.[1] ?? randomUUID();",
      },
    ],
    reddens: ['a request id of its own choice'],
  },
  {
    row: 17,
    what: "the baseline doesn't look at the node's files",
    edits: [
      {
        file: 'policies/baseline/workloads.cedar',
        find: '  !context.object.hostAccess.isEmpty() ||\n',
        replace: '',
      },
    ],
    reddens: ["a pod with the node's files"],
  },
  {
    row: 17,
    what: 'the baseline lets tokens be made',
    edits: [
      {
        file: 'policies/baseline/identity.cedar',
        find: 'resource.subresource == "token"',
        replace: 'resource.subresource == "none"',
      },
    ],
    reddens: ['a token of a service account'],
  },
  {
    row: 18,
    what: 'a redirect is an answer like others',
    edits: [
      {
        file: 'apps/gateway/src/stages/forward.ts',
        find: 'if (response.status >= 300 && response.status < 400 && response.status !== 304) {',
        replace: 'if (response.status === 0) {',
      },
    ],
    reddens: ['a redirect is neither followed nor passed on', 'a redirect of a write'],
  },
  {
    row: 19,
    what: 'what has no namespace is taken to be in one',
    edits: [
      {
        file: 'packages/policy/src/policy-input.ts',
        find: "if (namespace !== '') parents.push({ type: 'Namespace', id: namespace });",
        replace: "parents.push({ type: 'Namespace', id: namespace === '' ? 'demo' : namespace });",
      },
    ],
    reddens: ['what belongs to no namespace, by an agent that has one'],
  },
  {
    row: 25,
    what: 'a lock concerns new requests alone',
    edits: [
      {
        file: 'apps/gateway/src/identity/locks.ts',
        find: "live.end((entry) => entry.mayBeCut && isOf[kind](entry, target), new Fault('ERR_AGENT_LOCKED'))",
        replace: 'live.entries().filter((entry) => isOf[kind](entry, target)).length',
      },
      {
        file: LIVE_END,
        find: 'if (caller instanceof Fault) entry.end(caller);',
        replace: 'if (caller instanceof Fault) continue;',
      },
    ],
    reddens: ['a watch whose agent is locked', 'an exec whose agent is locked', 'a port-forward whose agent is locked'],
  },
  {
    row: 25,
    what: 'a token is looked at once',
    edits: [
      {
        file: LIVE_END,
        find: 'mayBeCut && nowMs >= facts.token.expiresAt',
        replace: 'mayBeCut && facts.token.expiresAt === 0',
      },
    ],
    reddens: ['a watch whose token expires'],
  },
  {
    row: 26,
    what: 'what must be countersigned is let through',
    edits: [
      {
        file: 'apps/gateway/src/stages/approve.ts',
        find: 'if (isAsked(exchange) && canWait(exchange)) return enter(exchange);',
        replace: '',
      },
      {
        file: 'apps/gateway/src/policies/refusal-of.ts',
        find: "return new Fault('ERR_APPROVAL_REQUIRED', sentence, { causes: grantCauses(decision.approvals) });",
        replace: 'return undefined;',
      },
    ],
    reddens: ['what must be countersigned, over', 'with an approval of its own making'],
  },
  {
    row: 27,
    what: 'a message repeats what a caller wrote as it stands',
    edits: [
      {
        file: 'apps/gateway/src/respond/status-answer.ts',
        find: 'visible(fault.message)',
        replace: 'fault.message',
      },
    ],
    reddens: ['escapes in what the gateway itself says of a request'],
  },
  {
    row: 29,
    what: 'a credential is on record, sealed',
    edits: [
      {
        file: 'apps/gateway/src/records/exchange-facts.ts',
        find: '...(headers.userAgent === undefined ? {} : { userAgent: headers.userAgent }),',
        replace: '...(headers.authorization === undefined ? {} : { userAgent: headers.authorization }),',
      },
    ],
    reddens: ['a credential that is refused, and one that is good'],
  },
  {
    row: 30,
    what: 'an answer goes back as it came',
    edits: [
      {
        file: 'apps/gateway/src/respond/release.ts',
        find: 'masker ? this.#mask(masker, chunk) : this.#take(chunk)',
        replace: 'this.#take(chunk)',
      },
    ],
    reddens: [
      'an object',
      'a list',
      'a Table of whole objects',
      'an empty merge patch',
      'a watch: added, modified, deleted',
    ],
  },
  {
    row: 31,
    what: 'a connector is whoever says so',
    edits: [
      {
        file: 'apps/gateway/src/tunnel/standing.ts',
        find: '  const { certificate, problem } = presented;\n',
        replace:
          "  const { certificate, problem } = presented;\n  if (problem !== undefined) return { connector: 'any', cluster: 'lab', serial: 'any', notAfter: '2099-01-01T00:00:00Z' };\n",
      },
    ],
    reddens: ['a connector with a certificate of another authority'],
  },
  {
    row: 31,
    what: 'a join token works as often as one likes',
    edits: [
      {
        file: 'apps/gateway/src/tunnel/join-token.ts',
        find: "  if (stored.value.usedAt !== undefined) throw new TunnelRefusedError('ERR_TUNNEL_TOKEN_USED', used);\n",
        replace: '',
      },
    ],
    reddens: ['a join token a second time'],
  },
  {
    row: 32,
    what: 'an unknown issuer is asked who it is',
    edits: [
      {
        file: AUTHENTICATOR,
        find: "  if (!issuer) return refused('issuer');\n",
        replace:
          "  if (!issuer && typeof claimed === 'string') void fetch(claimed).catch(() => {});\n  if (!issuer) return refused('issuer');\n",
      },
    ],
    reddens: ['keys from where the token says'],
  },
  {
    row: 33,
    what: 'the health listener answers under any name',
    edits: [
      { file: 'apps/gateway/src/health/health-listener.ts', find: 'if (isLocal && ', replace: 'if (!isLocal && ' },
    ],
    reddens: ['a web page whose name was turned to loopback'],
  },
  {
    row: 35,
    what: 'the live object is looked at before any policy lets its agent near it',
    edits: [
      {
        file: 'apps/gateway/src/stages/look.ts',
        find: 'if (onExistence || (mayLook && onLive)) return lookNow(exchange, formOf(exchange, rules, mayLook), onExistence);',
        replace: 'if (onExistence || mayLook) return lookNow(exchange, formOf(exchange, rules, mayLook), onExistence);',
      },
    ],
    reddens: ['what has a finalizer and what is not there'],
  },
  {
    row: 36,
    what: 'a signature is not checked',
    edits: [
      {
        file: AUTHENTICATOR,
        find: "  if (!(await isSignedBy(token, found.key, alg))) return refused('signature');\n",
        replace: '',
      },
    ],
    reddens: ['claims changed under a good signature', 'a signature of zeros', 'a key of the attacker under the name'],
  },
  {
    row: 36,
    what: 'a token for anybody is one for us',
    edits: [
      {
        file: CLAIMS,
        find: "  if (!isAudience(member(payload, 'aud'), options.audience)) return refused('audience');\n",
        replace: '',
      },
    ],
    reddens: ['for another audience', 'for two audiences', 'for no audience'],
  },
];
