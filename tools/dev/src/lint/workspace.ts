import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { checkFile, checkPackage, type Violation, type WorkspacePackage } from './boundaries.rules.js';

interface Manifest {
  name: string;
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  nx?: { tags?: string[] };
}

/** Checks every source file of the repository against the table of boundaries. */
export function checkBoundaries(root: string): Violation[] {
  const packages = workspacePackages(root);
  const rootPackages = new Set(Object.keys(readManifest(join(root, 'package.json')).devDependencies ?? {}));
  return packages.flatMap((owner) => [
    ...checkPackage(owner, packages),
    ...sourceFiles(root, owner).flatMap((path) =>
      checkFile({ path, text: readFileSync(join(root, path), 'utf8') }, owner, packages, rootPackages),
    ),
  ]);
}

function workspacePackages(root: string): WorkspacePackage[] {
  return globSync(readManifest(join(root, 'package.json')).workspaces ?? [], { cwd: root })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = readManifest(join(root, folder, 'package.json'));
      const tag = manifest.nx?.tags?.find((name) => name.startsWith('scope:'));
      return {
        folder,
        name: manifest.name,
        scope: tag?.slice('scope:'.length) ?? '',
        dependencies: Object.keys(manifest.dependencies ?? {}),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
      };
    });
}

function sourceFiles(root: string, owner: WorkspacePackage): string[] {
  return globSync('src/**/*.{ts,mts,js,mjs}', { cwd: join(root, owner.folder) }).map((path) =>
    posix.join(owner.folder, path),
  );
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
