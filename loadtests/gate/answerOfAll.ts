/**
 * What several answers come to, for gate, recovery and delivery alike: what is proven to have failed has failed,
 * whatever else is not known; one that is not known keeps the rest from passing, and so does none at all.
 */
export const answerOfAll = <Answer extends string>(
  answers: readonly Answer[],
  { failed, unknown, good }: Record<'failed' | 'unknown' | 'good', Answer>,
): Answer => {
  if (answers.includes(failed)) return failed;
  return answers.length === 0 || answers.includes(unknown) ? unknown : good;
};
