import { ApiError, type Call, tokenOf } from '../http/call.js';

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);
export const conflict = (message: string): ApiError => new ApiError(409, message);

/** Calls below a minimal microversion do not exist: 404, as Nova's router says. */
export function requireVersion(call: Call, minor: number): void {
  if (call.microversion < minor) throw new ApiError(404, 'The resource could not be found.');
}

export function requireAdmin(call: Call, rule: string): void {
  if (!isAdmin(call)) throw new ApiError(403, `Policy doesn't allow ${rule} to be performed.`);
}

export const isAdmin = (call: Call): boolean => tokenOf(call).roles.includes('admin');

export const projectOf = (call: Call): string => tokenOf(call).project?.id ?? '';
