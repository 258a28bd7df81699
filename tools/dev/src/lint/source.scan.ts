export interface Import {
  specifier: string;
  /** Counted from 1. */
  line: number;
}

const IMPORTS = [
  /\b(?:import|export)\b[^;'"`()]*?\bfrom\s*(['"])(?<specifier>[^'"\n]+)\1/g,
  /(?:^|;)\s*import\s*(['"])(?<specifier>[^'"\n]+)\1/gm,
  /\b(?:import|require)\s*\(\s*(['"`])(?<specifier>[^'"`\n]+)\1/g,
];

/** Every module that a source file names: static, dynamic, type-only and re-exported alike. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source);
  return IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      specifier: match.groups?.['specifier'] ?? '',
      line: lineAt(code, match.index),
    })),
  );
}

/** Lines on which the environment of the process is read. */
export function environmentReads(source: string): number[] {
  const code = withoutComments(source);
  const reads = [
    ...code.matchAll(/\bprocess\s*(\?\.|\.)\s*env\b/g),
    ...code.matchAll(/\bprocess\s*(\?\.)?\[\s*['"]env['"]\s*\]/g),
    ...code.matchAll(/\{[^{}]*\benv\b[^{}]*\}\s*(=\s*process\b|from\s*['"](node:)?process['"])/g),
  ];
  return reads.map((match) => lineAt(code, match.index));
}

/** Lines that switch a check off. */
export function silencedChecks(source: string): number[] {
  const marks = [/@ts-(ignore|nocheck)\b/g, /\b(oxlint|eslint|tslint)-disable/g];
  return marks.flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => lineAt(source, match.index)),
  );
}

/** Comments become spaces, so that lines keep their numbers; strings are left as they are. */
function withoutComments(source: string): string {
  const tokens =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![:\\/])\/\/[^\n]*/g;
  return source.replace(tokens, (token) =>
    token.startsWith('/*') || token.startsWith('//') ? token.replace(/[^\n]/g, ' ') : token,
  );
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let i = 0; i < index; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}
