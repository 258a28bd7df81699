import { posix } from 'node:path';
import {
  BOUNDARIES,
  MAY_READ_ENVIRONMENT,
  PURE_FILES,
  PURE_NEVER,
  TEST_FILES,
  type Boundary,
} from './boundaries.table.js';
import { environmentReads, importsOf, silencedChecks } from './source.scan.js';

export interface WorkspacePackage {
  /** Path from the repository, e.g. `libs/kernel`. */
  folder: string;
  name: string;
  scope: string;
  dependencies: readonly string[];
  devDependencies: readonly string[];
}

export interface SourceFile {
  /** Path from the repository. */
  path: string;
  text: string;
}

export interface Violation {
  path: string;
  line: number;
  message: string;
}

/** Whatever in one file goes against the boundaries. `rootPackages`: npm packages that every test may use. */
export function checkFile(
  file: SourceFile,
  owner: WorkspacePackage,
  all: readonly WorkspacePackage[],
  rootPackages: ReadonlySet<string>,
): Violation[] {
  const found: Violation[] = [];
  const report = (line: number, message: string) => found.push({ path: file.path, line, message });
  for (const { specifier, line } of importsOf(file.text)) {
    const message = checkImport(file.path, specifier, owner, all, rootPackages);
    if (message) report(line, message);
  }
  if (!MAY_READ_ENVIRONMENT.test(file.path)) {
    for (const line of environmentReads(file.text)) report(line, 'process.env is read in *.config.ts only');
  }
  for (const line of silencedChecks(file.text))
    report(line, 'a check is switched off here: mend what it found');
  if (posix.basename(file.path) === 'index.ts')
    report(1, 'no barrels: import the file that has what you need');
  return found;
}

/** Dependencies that package.json declares although the table does not allow them. */
export function checkPackage(owner: WorkspacePackage, all: readonly WorkspacePackage[]): Violation[] {
  const path = `${owner.folder}/package.json`;
  const boundary = boundaryOf(owner);
  if (!boundary)
    return [{ path, line: 1, message: `scope "${owner.scope}" has no line in the table of boundaries` }];
  const forbidden = (names: readonly string[], allowed: readonly string[]) =>
    names.filter((name) => {
      const target = all.find((candidate) => candidate.name === name);
      return target && !allowed.includes(target.scope);
    });
  const inTests = [...boundary.mayImport, ...(boundary.testsMayImport ?? [])];
  return [
    ...forbidden(owner.dependencies, boundary.mayImport),
    ...forbidden(owner.devDependencies, inTests),
  ].map((name) => ({ path, line: 1, message: `${owner.name} may not depend on ${name}` }));
}

function checkImport(
  path: string,
  specifier: string,
  owner: WorkspacePackage,
  all: readonly WorkspacePackage[],
  rootPackages: ReadonlySet<string>,
): string | null {
  if (specifier.startsWith('.')) return checkRelative(path, specifier, owner);
  if (specifier.startsWith('/')) return `"${specifier}" is an absolute path`;
  if (specifier.startsWith('node:')) return null;
  const name = packageName(specifier);
  const target = all.find((candidate) => candidate.name === name);
  const isTest = TEST_FILES.test(path);
  if (target) return checkWorkspaceImport(owner, target, isTest);
  return checkNpmImport(path, name, owner, isTest, rootPackages);
}

function checkRelative(path: string, specifier: string, owner: WorkspacePackage): string | null {
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith(`${owner.folder}/`)) return null;
  return `"${specifier}" leaves ${owner.folder}: import the package by its name`;
}

function checkWorkspaceImport(
  owner: WorkspacePackage,
  target: WorkspacePackage,
  isTest: boolean,
): string | null {
  if (target.name === owner.name) return 'a package imports its own files by relative paths';
  const boundary = boundaryOf(owner);
  const allowed = [...(boundary?.mayImport ?? []), ...(isTest ? (boundary?.testsMayImport ?? []) : [])];
  if (!allowed.includes(target.scope)) return `${owner.name} may not import ${target.name}`;
  const declared = [...owner.dependencies, ...(isTest ? owner.devDependencies : [])];
  if (!declared.includes(target.name))
    return `${target.name} is not among the dependencies in ${owner.folder}/package.json`;
  return null;
}

function checkNpmImport(
  path: string,
  name: string,
  owner: WorkspacePackage,
  isTest: boolean,
  rootPackages: ReadonlySet<string>,
): string | null {
  if (isTest && rootPackages.has(name)) return null;
  const never = boundaryOf(owner)?.never ?? [];
  if (isNamed(name, never)) return `${owner.name} may not import ${name}`;
  if (PURE_FILES.test(path) && isNamed(name, PURE_NEVER)) return `pure rules may not import ${name}`;
  const declared = [...owner.dependencies, ...(isTest ? owner.devDependencies : [])];
  if (!declared.includes(name))
    return `${name} is not among the dependencies in ${owner.folder}/package.json`;
  return null;
}

function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function boundaryOf(owner: WorkspacePackage): Boundary | undefined {
  return BOUNDARIES.find(({ scope }) => scope === owner.scope);
}
