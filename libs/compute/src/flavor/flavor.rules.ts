/** What makes two flavors of one name the same flavor. */
export interface FlavorSize {
  vcpus: number;
  ramMb: number;
  diskGb: number;
}

/** What differs between a cluster's flavor and the logical one of its name, for people; null when nothing does. */
export function sizeDifference(shown: FlavorSize, logical: FlavorSize): string | null {
  const differences = [
    difference('vcpus', shown.vcpus, logical.vcpus),
    difference('ram_mb', shown.ramMb, logical.ramMb),
    difference('disk_gb', shown.diskGb, logical.diskGb),
  ].filter((text) => text !== null);
  return differences.length ? `the size differs from the logical flavor: ${differences.join(', ')}` : null;
}

function difference(what: string, shown: number, logical: number): string | null {
  return shown === logical ? null : `${what} ${shown} instead of ${logical}`;
}
