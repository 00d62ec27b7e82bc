// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { CallError } from '../api/call.ts';

interface NoticeProps {
  readonly kind: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** What a person should know; errors are read out at once. */
export function Notice({ kind, title, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      <strong>{title}</strong>
      {children === undefined ? null : <span>{children}</span>}
    </div>
  );
}

/** What went wrong, in the gateway's own words. */
export function ErrorNotice({ error }: { readonly error: unknown }): JSX.Element | null {
  if (error === undefined) return null;
  const title = error instanceof CallError ? error.title : 'Not done';
  return (
    <Notice kind="error" title={title}>
      {error instanceof Error ? error.message : 'Something unexpected went wrong.'}
    </Notice>
  );
}

/** What stands where there is nothing to show. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children === undefined ? null : <p>{children}</p>}
    </div>
  );
}

export function Loading(): JSX.Element {
  return (
    <div class="empty" role="status">
      Loading
    </div>
  );
}
