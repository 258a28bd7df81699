import { describe, expect, it } from '@jest/globals';
import { lessonOf, type LessonPass } from './pass-lesson.rules.js';

const outage = { category: 'unavailable', code: 'openstack_outage', retryAfterMs: undefined } as const;
const ended = (more: Partial<LessonPass>): LessonPass => ({
  mode: 'full',
  outcome: more.fault ? 'failed' : 'complete',
  counts: { asked: 0, answered: 0 },
  fault: null,
  ...more,
});
const confirmed = (asked: number, answered: number, fault: LessonPass['fault'] = null) =>
  lessonOf(ended({ mode: 'confirm', counts: { asked, answered }, fault }));

describe('what a pass tells of its cluster', () => {
  it('is that it answers, does not, or was not asked', () => {
    expect(lessonOf(ended({}))).toBe('answered');
    expect(lessonOf(ended({ fault: outage }))).toBe('outage');
    expect(lessonOf(ended({ fault: { ...outage, retryAfterMs: 1_000 } }))).toBe('refused');
    expect(lessonOf(ended({ fault: outage, outcome: 'cut_off' }))).toBe('nothing');
    expect(lessonOf(ended({ fault: { ...outage, code: 'database_unavailable' } }))).toBe('nothing');
    expect(lessonOf(ended({ fault: { ...outage, category: 'bug' } }))).toBe('nothing');
  });

  it('is nothing when it had nothing to ask for', () => {
    expect(confirmed(0, 0)).toBe('nothing');
    expect(confirmed(3, 3)).toBe('answered');
  });

  it('is no outage for one object that cannot be read, but for all of several', () => {
    expect(confirmed(5, 4, outage)).toBe('answered');
    expect(confirmed(1, 0, outage)).toBe('nothing');
    expect(confirmed(8, 0, outage)).toBe('outage');
    // It did not even come to a question.
    expect(confirmed(0, 0, outage)).toBe('outage');
  });
});
