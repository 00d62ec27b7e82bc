// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { Mark } from '../parts/mark.tsx';

interface OutsidePageProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** What is shown to whoever is not in: a sentence, and what they can do. */
export function OutsidePage({ title, children }: OutsidePageProps): JSX.Element {
  return (
    <main class="outside">
      <div class="outside-box">
        <Mark />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** Where somebody signs in, and comes back to where they were. */
export function SignInPage({ to }: { readonly to: string }): JSX.Element {
  return (
    <OutsidePage title="Sign in to countersign">
      <p class="muted">You see what agents ask for, and say yes or no to it in your own name.</p>
      <a class="button primary" href={`/auth/login?to=${encodeURIComponent(to)}`}>
        Sign in
      </a>
    </OutsidePage>
  );
}
