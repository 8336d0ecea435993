// Requests to the server. A change carries a mark that no page of another site can send.

export const state = { session: null, skew: 0, onLoggedOut: () => { } };

export class Refused extends Error {
  constructor(status, body) {
    super(body?.message ?? `the server answered ${status}`);
    this.status = status;
    this.kind = body?.error;
  }
}

export const isOperator = () => state.session?.role === 'operator';

// The server's clock, in milliseconds.
export const serverNow = () => Date.now() + state.skew;

export async function ask(method, target, body) {
  const headers = method === 'GET' ? {} : { 'X-MultiExit': '1' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(target, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store' });
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return content;
  if (answer.status === 401 && target.startsWith('/api/')) state.onLoggedOut();
  throw new Refused(answer.status, content);
}

export function keep(session) {
  state.session = session;
  state.skew = Date.parse(session.now) - Date.now();
}
