/** The states of an address. A free one has no row; all others have one, under a unique key. */
export const ADDRESS_STATES = ['free', 'infra', 'reserved', 'bound', 'cooling'] as const;

export type AddressState = (typeof ADDRESS_STATES)[number];
export type HeldState = Exclude<AddressState, 'free'>;

const TRANSITIONS: Record<AddressState, readonly AddressState[]> = {
  free: ['reserved', 'infra'],
  // Straight to `free` only when its holder says that no cluster was ever told of it.
  reserved: ['bound', 'cooling', 'free'],
  bound: ['cooling'],
  // To `infra` when a port that is not ours is found to have it.
  cooling: ['free', 'infra'],
  // What was taken out cools like any other address when its port is gone; what the plan needs itself does not.
  infra: ['free', 'cooling'],
};

export function mayBecome(from: AddressState, to: AddressState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Why an address is not the plan's to hand out though no port of ours has it. */
export const ADDRESS_PURPOSES = ['foreign', 'vip', 'router', 'dhcp', 'ha'] as const;
export type AddressPurpose = (typeof ADDRESS_PURPOSES)[number];
