// SPDX-License-Identifier: Apache-2.0
import { answerQuestions } from '../apart/answer-questions.ts';
import { moved } from '../apart/moved.ts';
import { type BodyQuestion, judgeBody } from './judge-body.ts';

answerQuestions(
  (question: BodyQuestion) => judgeBody(question),
  (verdict) => {
    const parts = verdict.kind === 'judged' ? [verdict.body.bytes, verdict.body.written?.packed] : [];
    return parts.flatMap((part) => (part ? moved(part) : []));
  },
);
