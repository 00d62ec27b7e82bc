// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import type {
  BodyTarget,
  JsonBodyFormat,
  JsonValue,
  KubeRequest,
  Lane,
  MetadataVersion,
  SeenObject,
  StreamProtocol,
  UpgradeOffer,
} from '@countersign/kube';
import type { Masker, MaskingPlan, StreamMask } from '@countersign/mask';
import type {
  Decision,
  LabelChange,
  LabelFact,
  LiveFacts,
  ObjectChange,
  ObjectFacts,
  PolicyInput,
  Principal,
} from '@countersign/policy';
import type { ApprovalDocument } from './approvals/approval.ts';
import type { Wanted } from './approvals/shown-flaw.ts';
import type { Incoming } from './data/incoming.ts';
import type { Effect, HeldAnswer, ListedObject } from './effects/effect.ts';
import type { TokenFacts } from './identity/authentication.ts';
import type { Allowance } from './limits/agent-limits.ts';
import type { Hold } from './limits/held-bytes.ts';
import type { OpenRecording } from './recordings/open-recording.ts';
import type { Versioned } from './store/store.ts';
import type { ExecCaller, ExecOutput } from './streams/exec/exec-caller.ts';
import type { UpstreamResponse } from './tunnel/clusters.ts';

/** The caller's headers that count, each at most once. */
export interface CallerHeaders {
  readonly accept?: string;
  readonly authorization?: string;
  readonly contentEncoding?: string;
  readonly contentType?: string;
  /** `Countersign-Wait`: whether it wants to wait for a countersignature. */
  readonly countersignWait?: string;
  readonly ifNoneMatch?: string;
  readonly transferEncoding?: string;
  readonly upgrade?: string;
  readonly userAgent?: string;
}

/** After `receive`. */
export interface Received {
  /** A UUID: the request id, the `Audit-ID` upstream, and the `exchange` of every record. */
  readonly id: string;
  readonly receivedAt: Date;
  /** Aborts whatever is still under way for the exchange: the caller is gone, or it was ended. */
  readonly abort: AbortController;
  readonly incoming: Incoming;
  readonly headers: CallerHeaders;
  readonly cluster: string;
  /** What follows `/clusters/<name>` in the request target, raw. */
  readonly target: string;
}

/** After `authenticate`. */
export interface Authenticated extends Received {
  readonly token: TokenFacts;
}

/** What has a decision of its own in an exchange that goes on: a port of a port-forward. */
export interface LivePart {
  readonly made: MadeDecision;
  /** Other policies are in force, and this is what they say. MUST end what they refuse within a second. */
  decidedAgain(made: MadeDecision): void;
}

/** What an exchange tells of itself while it lives. */
export interface Life {
  readonly parts: Set<LivePart>;
  /** MUST be told again once an exchange that waited has used its countersignature. */
  decided(exchange: Decided & Partial<Pick<Used, 'approval' | 'countersigned'>>): void;
  /** A long answer has come, or a session has begun: it counts no more among those who wait. Nothing more, told again. */
  begun(): void;
  leave(): void;
}

/** After `identify`. */
export interface Identified extends Authenticated {
  readonly principal: Principal;
  /** Groups of the agent's entry for this cluster: the only ones that go upstream. */
  readonly upstreamGroups: readonly string[];
  readonly session: string;
  /** Its place among the live exchanges. */
  readonly life: Life;
}

/** After `admit`. */
export interface Admitted extends Identified {
  /** Its share of the agent's limits. */
  readonly allowance: Allowance;
  /** What it keeps in memory, until it is over. */
  readonly hold: Hold;
}

/** After `parse`. */
export interface Parsed extends Admitted {
  readonly request: KubeRequest;
  readonly lane: Lane;
  /** What the connection is to switch to: of exec, attach and port-forward, and of nothing else. */
  readonly upgrade: Upgrade | undefined;
  /** The exchange that asked for the same over WebSocket and was not switched. */
  readonly retryOf: string | undefined;
  /** The exchange that this one is made for: of each delete that a deletecollection is carried out by. */
  readonly parent?: string;
}

/** What a caller asked to switch to, and what was chosen of it. */
export interface Upgrade {
  readonly offer: UpgradeOffer;
  readonly protocol: StreamProtocol;
}

/**
 * A request body, parsed once: what is sent, and what the parse said. The parse itself is large, and not kept, but for the
 * question of a review.
 */
export interface JudgedBody {
  readonly format: JsonBodyFormat;
  /** The one that goes upstream. */
  readonly contentType: string;
  /** The parse, written out again: these bytes go upstream. */
  readonly bytes: Uint8Array;
  /** What it was before the object that it is about was named in it; absent where it has not been. */
  readonly judged?: { readonly contentType: string; readonly sha256: string };
  /** The object that path and body together are about; of a delete the path alone says it. */
  readonly target: BodyTarget | undefined;
  /** What policy may look at: of a create, an update or a patch. */
  readonly facts: BodyFacts | undefined;
  /** What it does to what is there. */
  readonly change: ObjectChange;
  readonly labels: LabelChange;
  /** What it names itself of the object that it is for. */
  readonly named: Partial<SeenObject>;
  /** What its answer must not show: of a request that can write and whose answer may be masked. */
  readonly written: WrittenValues | undefined;
  /** `spec` of a review: its question. */
  readonly spec: JsonValue | undefined;
}

/** The values that a write carries to where they are masked. */
export interface WrittenValues {
  /** `LearnedValues`, packed. */
  readonly packed: Uint8Array;
  /** Whether there are any, also where none is learned. */
  readonly carriesValues: boolean;
  /** Whether it may change what says of a value that is there that it is one. */
  readonly mayUncover: boolean;
  /** Whether it may take or replace one that is there, which may stand elsewhere in the object too. */
  readonly mayUnname: boolean;
}

/** Facts of a body, or why there are none: it names more than rules are asked to look at. */
export type BodyFacts = { readonly object: ObjectFacts } | { readonly problem: string };

/** After `gather`. */
export interface Gathered extends Parsed {
  readonly body: JudgedBody | undefined;
  readonly dryRun: boolean;
}

/** After `look`. */
export interface Looked extends Gathered {
  /** The object that the request names, as it is now: null where there is none, undefined where no rule looks at it. */
  readonly live: LiveFacts | null | undefined;
  /** The request before the container was named in it that it is for; absent where that was not done. */
  readonly asked?: KubeRequest;
  /** `PolicyInput.labels`. */
  readonly labels: readonly LabelFact[] | undefined;
  /** The object and its version as they were looked at; absent where that was not done, or there is none. */
  readonly seen?: SeenObject;
  /** The epoch of the policies by which it was settled what to look at: others may want to see more. */
  readonly lookedUnder: number;
}

/** A decision with its id and what it was made of, so that it can be made again. */
export interface MadeDecision {
  readonly id: string;
  readonly decision: Decision;
  readonly input: PolicyInput;
  /** Id of the grant that gives what it asks for. */
  readonly grant?: string;
  /** That grant is for objects with labels: what goes on by it is of the object as it was looked at. */
  readonly byLabels?: true;
  /** That grant is one of break-glass. */
  readonly breakGlass?: true;
  /** Why it was made; absent for the request itself. */
  readonly occasion?: 'request' | 'approval-use';
}

/** A countersignature that an exchange has, and may use once. */
export interface Countersigned {
  readonly approval: Versioned<ApprovalDocument>;
  readonly wanted: Wanted;
  /** What the exchange would have done when it asked. */
  readonly effect: Effect;
  /** Whether it waited, so that policy and object may have changed meanwhile. */
  readonly waited: boolean;
}

/** What a countersigned deletecollection is: a delete for each of these objects, and what the caller is answered then. */
export interface Removal {
  readonly objects: readonly ListedObject[];
  readonly answer: HeldAnswer;
}

/** After `decide`. */
export interface Decided extends Looked {
  readonly made: MadeDecision;
}

/** After `approve`: an allow, or an ask that was countersigned. */
export interface Approved extends Decided {
  readonly countersigned: Countersigned | undefined;
  /** Of an exec or attach that waited: its connection was switched, so that it could be told. */
  readonly caller?: ExecCaller;
}

/** After `negotiate`. */
export interface Negotiated extends Approved {
  /** How the answer is masked; undefined where it isn't, because it is about no resource or a permit reveals it. */
  readonly masking: MaskingPlan | undefined;
  /** The Accept that goes upstream. */
  readonly accept: string | undefined;
  /** Of the whole objects that it asks for, the caller gets the metadata alone, in this version of their form. */
  readonly metadataAs: MetadataVersion | undefined;
  /** Of a Table that is asked for with whole objects: the caller gets their metadata, in this version. */
  readonly rowsAs: MetadataVersion | undefined;
}

/** After `use`. */
export interface Used extends Negotiated {
  /** Id of the approval that was used up for it. */
  readonly approval: string | undefined;
  /** Of a countersigned deletecollection: what it is carried out by. */
  readonly removal?: Removal;
}

/** After `commit`. */
export interface Committed extends Used {
  /** True when an intent is durable, and an outcome owed. */
  readonly intended: boolean;
  /** The `Audit-ID` of a further attempt upstream; the first has the exchange's own id. */
  readonly attempt?: string;
}

/** The recording of a session, open before anything of it is asked for upstream. */
export interface SessionRecording {
  /** Id of the stream. */
  readonly stream: string;
  /** Ways whose bytes are in it. */
  readonly ways: readonly ('up' | 'down')[];
  readonly recording: OpenRecording;
}

/** After `record`. */
export interface Recorded extends Committed {
  /** Of a session, and of nothing else. */
  readonly recorded?: SessionRecording;
}

/** After `forward`. */
export interface Forwarded extends Recorded {
  readonly response: UpstreamResponse;
  /** Once upstream has switched too: its bytes, both ways. They are the body of its 101. */
  readonly upstream?: Duplex;
  /** What its bytes are in. */
  readonly upstreamTransport?: 'websocket' | 'spdy';
}

/** After `mask`: what `respond` releases. */
export interface Masked extends Forwarded {
  /** Absent when nothing on this path is masked. */
  readonly masker: Masker | undefined;
  /** Of exec and attach: makes the mask of an output; absent where a permit reveals. */
  readonly outputMask?: ((output: ExecOutput) => StreamMask) | undefined;
}

/** An exchange at whatever stage it has reached. */
export type Exchange = Received & Partial<Omit<Masked, keyof Received>>;
