/** The states of an address. A free one has no row; all others have one, under a unique key. */
export const ADDRESS_STATES = ['free', 'infra', 'reserved', 'bound', 'cooling'] as const;

export type AddressState = (typeof ADDRESS_STATES)[number];
export type HeldState = Exclude<AddressState, 'free'>;

const TRANSITIONS: Record<AddressState, readonly AddressState[]> = {
  // To `bound` at once when a port that has it is adopted.
  free: ['reserved', 'infra', 'bound'],
  // Straight to `free` only when its holder says that no cluster was ever told of it.
  reserved: ['bound', 'cooling', 'free'],
  // To `infra` when its port was adopted and is given up again.
  bound: ['cooling', 'infra'],
  // To `infra` when a port that is not ours is found to have it, to `bound` when that port is adopted.
  cooling: ['free', 'infra', 'bound'],
  // What was taken out cools like any other address when its port is gone; what the plan needs itself does not.
  infra: ['free', 'cooling', 'bound'],
};

export function mayBecome(from: AddressState, to: AddressState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Why an address is not the plan's to hand out though no port of ours has it. */
export const ADDRESS_PURPOSES = ['foreign', 'vip', 'router', 'dhcp', 'ha'] as const;
export type AddressPurpose = (typeof ADDRESS_PURPOSES)[number];
