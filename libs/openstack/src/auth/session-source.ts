import type { Clock } from '@ultron/kernel/clock';
import type { CallOptions } from '../call.js';
import { OpenStackError } from '../error/openstack-error.js';
import type { Session } from './session.js';

/** A failed renewal in the background is not tried again before this. */
const RENEWAL_PAUSE_MS = 15_000;
/** A refused password is not sent again before this: Keystone locks accounts. */
const REFUSAL_HOLD_MS = 10_000;
/** A token that ends so soon might end on the way. */
const LAST_MOMENT_MS = 5_000;

/**
 * The one session of a cloud. Whoever needs it shares it; whoever needs a new one shares the one login that fetches
 * it, however many they are.
 */
export class SessionSource {
  private session: Session | undefined;
  private login: Promise<Session> | undefined;
  private noRenewalBefore = 0;
  private refusal: { error: OpenStackError; until: number } | undefined;

  constructor(
    private readonly logIn: (call: CallOptions | undefined) => Promise<Session>,
    private readonly clock: Clock,
  ) {}

  /** A session that holds; renewed in the background when it is about to end. A login bears the ids of the call. */
  current(call?: CallOptions): Promise<Session> {
    const now = this.clock.now();
    const { session } = this;
    if (!session || now >= session.expiresAt - LAST_MOMENT_MS) return this.renew(call);
    if (now >= session.renewAt && now >= this.noRenewalBefore) {
      this.noRenewalBefore = now + RENEWAL_PAUSE_MS;
      // The old session still holds; when the cluster cannot be reached, its calls will say so.
      this.renew(call).catch(() => undefined);
    }
    return Promise.resolve(session);
  }

  /** To be told when a service refused the session's token; the first to say so ends it. */
  reject(session: Session): void {
    if (this.session === session) this.session = undefined;
  }

  private renew(call: CallOptions | undefined): Promise<Session> {
    if (this.login) return this.login;
    if (this.refusal && this.clock.now() < this.refusal.until) return Promise.reject(this.refusal.error);
    this.login = this.logIn(call)
      .then(
        (session) => {
          this.refusal = undefined;
          this.session = session;
          return session;
        },
        (error: unknown) => {
          this.remember(error);
          throw error;
        },
      )
      .finally(() => {
        this.login = undefined;
      });
    return this.login;
  }

  private remember(error: unknown): void {
    if (!(error instanceof OpenStackError) || error.kind !== 'auth') return;
    this.refusal = { error, until: this.clock.now() + REFUSAL_HOLD_MS };
  }
}
