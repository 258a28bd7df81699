import { ApiError, type Call } from './call.js';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of the request's body that carries the resource; 400 when it is not there. */
export function bodyMember(call: Call, name: string): Record<string, unknown> {
  const body = call.body;
  const member = isRecord(body) ? body[name] : undefined;
  if (!isRecord(member))
    throw new ApiError(400, `Invalid input: '${name}' is a required property`, 'HTTPBadRequest');
  return member;
}
