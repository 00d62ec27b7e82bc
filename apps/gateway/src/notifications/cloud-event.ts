// SPDX-License-Identifier: Apache-2.0
import { inWords } from './in-words.ts';
import type { Notice } from './notice.ts';

export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * A notice as a CloudEvent in HTTP's structured mode. Source and id together are of this notice alone.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function cloudEvent(notice: Notice, gateway: string, link: string | undefined): string {
  const { id, type, at, about } = notice;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/countersign/gateways/${gateway}`,
    type: `countersign.${type}`,
    time: at,
    ...(about.agent === undefined ? {} : { subject: about.agent }),
    datacontenttype: 'application/json',
    data: { text: inWords(notice), ...(link === undefined ? {} : { link }), ...about },
  });
}
