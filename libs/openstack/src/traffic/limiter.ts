/** Online work is what somebody waits for; offline work (sync) has a budget of its own. */
export type Lane = 'online' | 'offline';
