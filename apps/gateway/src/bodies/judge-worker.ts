// SPDX-License-Identifier: Apache-2.0
import { answerQuestions } from '../apart/answer-questions.ts';
import { moved } from '../apart/moved.ts';
import { bindBody } from './bind-body.ts';
import type { BodyAnswer, BodyWork } from './body-judge.ts';
import { judgeBody } from './judge-body.ts';
import { normalDigest } from './normal-body.ts';
import { seeObject } from './see-object.ts';

function answer(work: BodyWork): BodyAnswer {
  if ('live' in work) return seeObject(work);
  if ('object' in work) return bindBody(work);
  return 'namespace' in work ? { kind: 'normal', sha256: normalDigest(work) } : judgeBody(work);
}

answerQuestions(answer, (answer) => {
  if (answer.kind === 'bound') return moved(answer.bytes);
  const parts = answer.kind === 'judged' ? [answer.body.bytes, answer.body.written?.packed] : [];
  return parts.flatMap((part) => (part ? moved(part) : []));
});
