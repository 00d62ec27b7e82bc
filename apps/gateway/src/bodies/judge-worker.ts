// SPDX-License-Identifier: Apache-2.0
import { answerQuestions } from '../apart/answer-questions.ts';
import { moved } from '../apart/moved.ts';
import { bindBody } from './bind-body.ts';
import type { BodyAnswer, BodyWork } from './body-judge.ts';
import { judgeBody } from './judge-body.ts';
import { seeObject } from './see-object.ts';

answerQuestions(
  (work: BodyWork): BodyAnswer => {
    if ('live' in work) return seeObject(work);
    return 'object' in work ? bindBody(work) : judgeBody(work);
  },
  (answer) => {
    if (answer.kind === 'bound') return moved(answer.bytes);
    const parts = answer.kind === 'judged' ? [answer.body.bytes, answer.body.written?.packed] : [];
    return parts.flatMap((part) => (part ? moved(part) : []));
  },
);
