// A port to a server that may be away when the process starts: it is opened by the first call, and again by the next one
// as long as that fails. Callers are told so meanwhile; all else runs.

export interface Closable {
  close(): Promise<void>;
}

/** All of the port's methods must be asynchronous. Each fails as `open` does until that has worked. */
export function openedLate<Port extends Closable>(open: () => Promise<Port>): Port {
  let opened: Promise<Port> | undefined;
  const get = () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  // What was never opened needs no closing.
  const close = async () => (await opened?.catch(() => undefined))?.close();
  const calls = new Map<PropertyKey, (...args: unknown[]) => Promise<unknown>>([['close', close]]);
  const handler: ProxyHandler<Port> = {
    get(_, name) {
      // It is a port, not a promise.
      if (name === 'then') return undefined;
      const call = calls.get(name) ?? (async (...args) => callOf(await get(), name)(...args));
      calls.set(name, call);
      return call;
    },
  };
  return new Proxy({} as Port, handler);
}

function callOf(port: object, name: PropertyKey): (...args: unknown[]) => unknown {
  const call = Reflect.get(port, name) as (...args: unknown[]) => unknown;
  return call.bind(port);
}
