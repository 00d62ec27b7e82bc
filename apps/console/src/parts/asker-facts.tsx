// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { clockTime, timeSince } from '../view/time.ts';
import { Fact } from './fact.tsx';
import { Untrusted } from './untrusted.tsx';

export function AgentFact({ agent, owner }: { readonly agent: string; readonly owner: string }): JSX.Element {
  return (
    <Fact name="Agent">
      <Untrusted text={agent} /> <span class="muted">of</span> <Untrusted text={owner} />
    </Fact>
  );
}

/** What somebody says of themselves, or that they say nothing. */
export function SaidFact({ name, text }: { readonly name: string; readonly text: string }): JSX.Element {
  return <Fact name={name}>{text === '' ? <span class="muted">none given</span> : <Untrusted text={text} />}</Fact>;
}

export function AskedFact({ askedAt, now }: { readonly askedAt: string; readonly now: number }): JSX.Element {
  return (
    <Fact name="Asked">
      <time dateTime={askedAt}>{clockTime(askedAt)}</time> <span class="muted">{timeSince(askedAt, now)}</span>
    </Fact>
  );
}
