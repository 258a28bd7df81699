/** The WHERE of a list: conditions whose value is given; what is in an empty list is nothing. */
export function conditionsOf(conditions: readonly (readonly [sql: string, value: unknown])[]): {
  where: string[];
  params: unknown[];
} {
  const given = conditions.filter(([, value]) => value !== undefined);
  if (given.some(([, value]) => Array.isArray(value) && value.length === 0))
    return { where: ['1 = 0'], params: [] };
  return { where: given.map(([sql]) => sql), params: given.map(([, value]) => value) };
}
