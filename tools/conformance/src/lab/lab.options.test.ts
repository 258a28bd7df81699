import { describe, expect, it } from '@jest/globals';
import { readLabOptions } from './lab.options.js';

describe('readLabOptions', () => {
  it('needs the lab when a person asks for it, and installs it only when told', () => {
    expect(readLabOptions([], 'off')).toMatchObject({ needed: true, build: false, keep: false });
    expect(readLabOptions(['--build', '--keep'], 'auto')).toMatchObject({ build: true, keep: true });
  });

  it('hands on what is not its own', () => {
    expect(readLabOptions(['--keep', '--testPathPatterns', 'client'], 'auto')).toMatchObject({
      jest: ['--testPathPatterns', 'client'],
    });
  });

  it('does in CI as it is told', () => {
    expect(readLabOptions(['--auto'], 'auto')).toMatchObject({ needed: false, build: true });
    expect(readLabOptions(['--auto'], 'on')).toMatchObject({ needed: true, build: true });
    expect(readLabOptions(['--auto'], 'off')).toBe('off');
    expect(() => readLabOptions(['--auto'], 'maybe')).toThrow('ULTRON_LAB is on, off or auto');
  });
});
