/** The states of an address. A free one has no row; all others have one, under a unique key. */
export const ADDRESS_STATES = ['free', 'infra', 'reserved', 'bound', 'cooling'] as const;

export type AddressState = (typeof ADDRESS_STATES)[number];
export type HeldState = Exclude<AddressState, 'free'>;

const TRANSITIONS: Record<AddressState, readonly AddressState[]> = {
  free: ['reserved', 'infra'],
  // Straight to `free` only when its holder says that no cluster was ever told of it.
  reserved: ['bound', 'cooling', 'free'],
  bound: ['cooling'],
  cooling: ['free'],
  infra: ['free'],
};

export function mayBecome(from: AddressState, to: AddressState): boolean {
  return TRANSITIONS[from].includes(to);
}
