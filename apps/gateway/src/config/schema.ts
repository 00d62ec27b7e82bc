// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { z } from 'zod';
import { DEFAULT_LIMITS } from '../limits/agent-limits.ts';
import { approvals } from './approvals-schema.ts';
import { log, recordings } from './evidence-schema.ts';
import { notifications } from './notifications-schema.ts';
import { file, name } from './schema-parts.ts';
import { store } from './store-schema.ts';

const GROUP = /^(?!system:)[\x21-\x2b\x2d-\x7e]{1,128}$/;

const port = z.int().min(0).max(65_535);
const seconds = z.int().positive();
const instant = z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T12:00:00Z' });
const upstreamGroup = z
  .string()
  .regex(GROUP, 'a group without spaces, commas or control characters, and never one that begins with "system:"');

const tls = z
  .strictObject({
    certificateFile: file.describe('Certificate chain, PEM.'),
    keyFile: file.describe('Private key, PEM.'),
  })
  .describe('Certificate of a listener.');

const address = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address')
  .default('127.0.0.1')
  .describe('IP address to listen on; 0.0.0.0 for all.');

const dataListener = z.strictObject({
  address,
  port: port.default(8443).describe('Kubernetes API per cluster, under /clusters/<name>/. 0 picks a free port.'),
  tls,
  maxHeaderBytes: z.int().min(4_096).max(1_048_576).default(65_536).describe('Request line and headers together.'),
  maxBodyBytes: z
    .int()
    .min(1_024)
    .max(3_145_728)
    .default(3_145_728)
    .describe('A request body; the API server takes 3 MiB.'),
  maxHeldBytes: z
    .int()
    .min(268_435_456)
    .max(17_179_869_184)
    .default(268_435_456)
    .describe('Memory of bodies that are judged and of large objects that are masked; of one agent a quarter of it.'),
  maxConnections: z
    .int()
    .min(1)
    .max(100_000)
    .default(2_000)
    .describe('TCP connections at once; further ones are closed.'),
  maxUnknownPerSource: z
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe(
      'Connections of one source at once (an IPv4 address, or an IPv6 /64) on which no caller is authenticated yet, and as ' +
        'many requests on them; further connections are closed, further requests get 429. Behind a proxy all callers are ' +
        'one source.',
    ),
  maxStreamsPerConnection: z.int().min(1).max(1_000).default(250).describe('HTTP/2 streams of one connection at once.'),
  handshakeTimeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('Until TLS is up and the first request head is in.'),
  answerTimeoutMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(60_000)
    .describe('Until a caller has taken what was written to it; watches and logs wait, but within large objects.'),
  bodyTimeoutMs: z.int().min(100).max(300_000).default(30_000).describe('Until a request body is in.'),
});

const listeners = z
  .strictObject({
    data: dataListener,
    tunnel: z.strictObject({
      address,
      port: port.default(8444).describe('Where connectors dial in.'),
      hostnames: z
        .array(z.string().min(1))
        .min(1)
        .default(['localhost', '127.0.0.1'])
        .describe('Names in its certificate, which the gateway issues itself.'),
    }),
    control: z.strictObject({ address, port: port.default(8445).describe('REST API under /api/v1.'), tls }),
    console: z
      .strictObject({
        address,
        port: port.default(8447).describe('The web console, and the REST API for it.'),
        origin: z
          .string()
          .max(300)
          .describe('As browsers see it: http://localhost:<port> on this machine, https://<name> for others.'),
        tls: tls.optional(),
      })
      .optional()
      .describe('For browsers. Without `tls` it is for this machine alone, or for a proxy on it that speaks HTTPS.'),
    health: z.strictObject({ address, port: port.default(8446).describe('Plain HTTP: /livez, /readyz, /metrics.') }),
  })
  .describe('Listeners.');

const algorithms = z
  .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
  .min(1)
  .describe('Signature algorithms that tokens of this issuer may use. Asymmetric only.');

const issuerCommon = {
  name: name.describe('How agents refer to it.'),
  audience: z.string().min(1).describe('The one audience a token must have: this gateway, never the API server.'),
  algorithms: algorithms.default(['RS256', 'ES256']),
  maxLifetimeSeconds: seconds
    .max(86_400)
    .default(3_600)
    .describe('Longest `exp` - `iat`; longer-lived tokens are refused.'),
};

const issuer = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('oidc'),
      ...issuerCommon,
      issuer: z.url({ protocol: /^https?$/ }).describe('Exactly the `iss` of its tokens. https, or http on loopback.'),
      caFile: file.optional().describe('CA of its https, PEM, when not a public one.'),
      tokenTypes: z
        .array(z.enum(['at+jwt', 'jwt', 'absent']))
        .min(1)
        .default(['at+jwt'])
        .describe(
          'Values of `typ` that its tokens may have; access tokens alone, unless the provider does not say so.',
        ),
      groupsClaim: z.string().min(1).optional().describe('Claim with the policy groups, a list of strings.'),
    }),
    z.strictObject({
      kind: z.literal('cluster'),
      ...issuerCommon,
      cluster: name.describe(
        'Cluster whose projected service-account tokens these are; keys come through its connector.',
      ),
      issuer: z.string().min(1).describe("The cluster's --service-account-issuer."),
    }),
  ])
  .describe('An issuer of tokens.');

const cluster = z.strictObject({
  name,
  description: z.string().max(200).default(''),
  expiresAt: instant.optional().describe('After this instant nobody may call it, and its connectors are refused.'),
  disabled: z
    .boolean()
    .default(false)
    .describe('Nobody may call it, its connectors are refused, and whatever is under way there ends.'),
});

/** What there is to say of a cluster, wherever it is registered. */
export const clusterFields = cluster.shape;

const limits = z
  .strictObject({
    requestsPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .default(DEFAULT_LIMITS.requestsPerSecond)
      .describe(
        'Requests a second; five seconds of them may come at once. What takes long to judge counts as one for each 5 ms.',
      ),
    concurrentStreams: z
      .int()
      .min(1)
      .max(100_000)
      .default(DEFAULT_LIMITS.concurrentStreams)
      .describe('Requests under way at once, watches and followed logs among them.'),
    bytesPerMinute: z
      .int()
      .min(65_536)
      .max(1_099_511_627_776)
      .default(DEFAULT_LIMITS.bytesPerMinute)
      .describe(
        'Bytes of bodies and streams, both ways; each frame that a caller sends in a stream counts 256 at least. An answer that has begun goes on; what follows others is slowed down.',
      ),
  })
  .describe('What it may take of each gateway. Over them: 429 with Retry-After.');

const agent = z.strictObject({
  id: name.describe('Also its identity upstream: countersign:agent:<id>.'),
  owner: z
    .string()
    .min(1)
    .max(128)
    .describe(
      'The human who answers for it, by the `sub` of their tokens, or by an address that stands in them (`email`): who it is, or may be, does not countersign what it asks for. A group: nobody of it does.',
    ),
  purpose: z.string().min(1).max(500),
  match: z
    .strictObject({
      issuer: name.describe('Name of an issuer above.'),
      subject: z.string().min(1).max(256).describe('Exactly the `sub` of its tokens.'),
    })
    .describe('How its tokens are recognised.'),
  groups: z.array(upstreamGroup).max(32).default([]).describe('Policy groups in addition to those of the token.'),
  clusters: z
    .array(
      z.strictObject({
        name,
        groups: z.array(upstreamGroup).max(32).default([]).describe('Groups it has upstream, for RBAC.'),
      }),
    )
    .default([])
    .describe('Clusters it may call at all.'),
  expiresAt: instant.optional().describe('After this instant it is refused.'),
  disabled: z.boolean().default(false).describe('Refused, and whatever it has under way ends.'),
  limits: limits.default(DEFAULT_LIMITS),
  waits: z
    .boolean()
    .default(true)
    .describe(
      'Whether its requests wait for a countersignature; if not, they get a 403 with the id of the approval at once. A request can say otherwise with `Countersign-Wait: hold` or `none`.',
    ),
});

/** What there is to say of an agent, wherever it is registered. */
export const agentFields = agent.shape;

const roleBinding = z.strictObject({
  issuer: name.describe('Name of an OIDC issuer above.'),
  group: z.string().min(1).describe('Members of this group, by the claim that the issuer names, have the role.'),
});

const ownerBinding = z.strictObject({
  issuer: name.describe('Name of an OIDC issuer above, one of people.'),
  claim: z
    .enum(['sub', 'email'])
    .default('sub')
    .describe(
      'By which its tokens name whom they are of: exactly as `agents[].owner` has it. An `email` counts where the token says `"email_verified": true`, and for nothing else.',
    ),
});

/** The gateway's configuration file. Unknown keys are errors. */
export const configSchema = z
  .strictObject({
    gateway: name.default('gateway').describe('Name of this gateway; part of the origin of its log.'),
    dataDir: file.describe('State, keys and caches. Nobody else may read it.'),
    listeners,
    store,
    log,
    recordings,
    policies: z.strictObject({
      dir: file.describe('organisation/*.cedar and clusters/<name>/*.cedar; read again when they change.'),
    }),
    issuers: z.array(issuer).min(1),
    clusters: z
      .array(cluster)
      .default([])
      .describe('Kubernetes API servers. Further ones are registered through the control API.'),
    agents: z.array(agent).default([]),
    roles: z
      .strictObject({
        operator: z.array(roleBinding).default([]),
        auditor: z.array(roleBinding).default([]),
        approver: z
          .array(roleBinding)
          .default([])
          .describe('Groups that `@approval` may name: only tokens of this issuer make somebody a member of them.'),
        owner: z
          .array(ownerBinding)
          .optional()
          .describe('Issuers at which owners log in: they see what their agents did, disable and lock them.'),
      })
      .default({ operator: [], auditor: [], approver: [] })
      .describe('Who may use the control API.'),
    console: z
      .strictObject({
        issuer: name.describe('Name of an OIDC issuer above, at which people log in.'),
        clientId: z
          .string()
          .min(1)
          .max(256)
          .describe('The console there: code flow with PKCE, back to /auth/callback.'),
        clientSecretFile: file.optional().describe('Its secret, a line; without it, it is a public client.'),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'a scope without spaces or quotes'))
          .max(32)
          .default(['openid'])
          .describe('`openid`, and whatever makes its access tokens be for this gateway.'),
        assetsDir: file.optional().describe('The console as `npm run build` made it.'),
      })
      .optional()
      .describe('The web console, on `listeners.console`.'),
    approvals,
    notifications,
    breakGlass: z
      .strictObject({
        maxSeconds: z
          .int()
          .min(60)
          .max(14_400)
          .default(3_600)
          .describe('How long break-glass is open at most; then somebody opens it anew.'),
      })
      .default({ maxSeconds: 3_600 })
      .describe('What operators may let on in an emergency without a countersignature.'),
    disableIdleAgentsAfterDays: z
      .int()
      .min(1)
      .max(3_650)
      .default(90)
      .describe(
        'An agent of the control API that has not called for so long is disabled, until somebody enables it again. Agents of this file stay as it says.',
      ),
    disableOwnerlessAgentsAfterDays: z
      .int()
      .min(1)
      .max(3_650)
      .optional()
      .describe(
        'An agent of the control API whose owner has not used the control API or the console for so long is disabled, as one whose owner is gone. Needs `roles.owner`, so that owners can log in; without it nobody is taken for gone by their absence.',
      ),
    disableIdleClustersAfterDays: z
      .int()
      .min(1)
      .max(3_650)
      .default(90)
      .describe(
        'A cluster of the control API that has had no connector for so long is disabled, until somebody enables it again. Clusters of this file stay as it says.',
      ),
    shutdownGraceMs: z
      .int()
      .min(0)
      .max(600_000)
      .default(10_000)
      .describe('How long exchanges may finish after SIGTERM.'),
  })
  .describe('Countersign gateway configuration');

export type Config = z.infer<typeof configSchema>;
export type IssuerConfig = Config['issuers'][number];
export type AgentConfig = Config['agents'][number];
export type NotificationsConfig = Config['notifications'];
export type ReceiverConfig = NotificationsConfig['receivers'][number];
export type PostgresConfig = NonNullable<Config['store']['postgres']>;

/** JSON Schema (draft 2020-12) of the file as an operator writes it: what has a default may be left out. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
