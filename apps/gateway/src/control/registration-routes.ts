// SPDX-License-Identifier: Apache-2.0
import { isName } from '../config/schema-parts.ts';
import type { Changed, Roster, RosterProblem, WantedEntry } from '../identity/roster.ts';
import type { Registered, Versioned } from '../store/store.ts';
import type { ControlContext } from './control-context.ts';
import { type Problem, problemResponse, problems } from './problem.ts';

/** What is registered by these routes. */
export interface Registration<D extends Registered> {
  readonly roster: Roster<D>;
  /** In words: `agent`. */
  readonly noun: string;
  /** What whoever changes one is to look at. */
  readonly refusals: Readonly<Record<RosterProblem, Problem>>;
  /** The entry that a request asks for under an id, or why there is none. */
  readonly entryOf: (context: ControlContext, id: string) => Promise<WantedEntry<D> | Problem>;
  /** One as people are told of it. */
  readonly shown: (one: Versioned<D>) => object;
}

/** What a change is made of: nothing that is there, or the version with this tag. */
type Expected = { readonly kind: 'none' } | { readonly kind: 'version'; readonly version: number };

/** Refusals of changes of what is called so; `taken` and `full` say what to do. */
export function refusalsOf(noun: string, max: string): Registration<Registered>['refusals'] {
  return {
    unknown: problems.notFound(`no such ${noun}`),
    declared: {
      status: 409,
      title: 'Declared elsewhere',
      detail: `this ${noun} is in the gateway's configuration file: change it there, or lock it`,
    },
    taken: {
      status: 412,
      title: 'There already',
      detail: `${noun === 'agent' ? 'an' : 'a'} ${noun} has this id: send If-Match with its ETag to change it`,
    },
    stale: { status: 412, title: 'Changed meanwhile', detail: 'it is not what you changed: read it again' },
    'token-taken': {
      status: 409,
      title: 'Taken',
      detail: 'another agent is known by the tokens of this issuer and subject: one token stands for one agent',
    },
    orphaned: {
      status: 409,
      title: 'Nobody answers for it',
      detail: 'its owner is gone: name another one, or say that they are back (PUT /api/v1/owners/:owner)',
    },
    full: { status: 409, title: 'Too many', detail: `there are ${max} ${noun}s: remove some first` },
  };
}

function noPrecondition(noun: string): Problem {
  return {
    status: 428,
    title: 'Of what?',
    detail: `send \`If-None-Match: *\` to register one, or If-Match with the ETag of the ${noun} that you change`,
  };
}

/** @see RFC 9110 §13.1, RFC 6585 §3 */
function expectedBy(context: ControlContext): Expected | undefined {
  const [match, none] = [context.req.header('if-match'), context.req.header('if-none-match')];
  if (none === '*' && match === undefined) return { kind: 'none' };
  const [, version] = /^"(\d{1,15})"$/.exec(match ?? '') ?? [];
  return version === undefined || none !== undefined ? undefined : { kind: 'version', version: Number(version) };
}

/** One with its version as ETag. */
export function tellRegistered<D extends Registered>(
  one: Versioned<D>,
  shown: Registration<D>['shown'],
  status: 200 | 201 = 200,
): Response {
  return Response.json(shown(one), { status, headers: { etag: `"${one.version}"` } });
}

/** Why whoever asks changes nothing that is registered. */
export function notOperator({ var: { caller, requestId } }: ControlContext, noun: string): Response | undefined {
  return caller.roles.includes('operator')
    ? undefined
    : problemResponse(problems.forbidden(`only operators register and change ${noun}s`), requestId);
}

/** Registers one, or replaces what it is registered as. */
export async function putRegistered<D extends Registered>(
  context: ControlContext,
  id: string,
  { roster, noun, refusals, entryOf, shown }: Registration<D>,
): Promise<Response> {
  const { requestId, caller } = context.var;
  const refused = notOperator(context, noun);
  if (refused) return refused;
  const badName = 'an id is of lower-case letters, digits and dashes, at most 63';
  if (!isName(id)) return problemResponse(problems.badRequest(badName), requestId);
  const expected = expectedBy(context);
  if (expected === undefined) return problemResponse(noPrecondition(noun), requestId);
  const entry = await entryOf(context, id);
  if (isProblem(entry)) return problemResponse(entry, requestId);
  const by = caller.token.subject;
  const changed =
    expected.kind === 'none'
      ? await roster.register(id, entry, by)
      : await roster.change(id, expected.version, entry, by);
  if (typeof changed === 'string') return problemResponse(refusals[changed], requestId);
  return tellRegistered(changed, shown, expected.kind === 'none' ? 201 : 200);
}

function isProblem(entry: object): entry is Problem {
  return 'status' in entry && 'title' in entry && 'detail' in entry;
}

/** Lets one in again, or not any more. */
export async function enableRegistered<D extends Registered>(
  context: ControlContext,
  id: string,
  state: 'enabled' | 'disabled',
  { roster, refusals, shown }: Registration<D>,
): Promise<Response> {
  const changed: Changed<D> = await roster.enable(id, state, context.var.caller.token.subject);
  return typeof changed === 'string'
    ? problemResponse(refusals[changed], context.var.requestId)
    : tellRegistered(changed, shown);
}

/** Forgets one; at a version if one is given. */
export async function removeRegistered<D extends Registered>(
  context: ControlContext,
  id: string,
  { roster, noun, refusals }: Registration<D>,
): Promise<Versioned<D> | Response> {
  const { requestId, caller } = context.var;
  const refused = notOperator(context, noun);
  if (refused) return refused;
  const expected = expectedBy(context);
  const isUnclear = context.req.header('if-match') !== undefined && expected?.kind !== 'version';
  if (isUnclear || expected?.kind === 'none') return problemResponse(noPrecondition(noun), requestId);
  const removed = await roster.remove(id, expected?.version, caller.token.subject);
  return typeof removed === 'string' ? problemResponse(refusals[removed], requestId) : removed;
}
