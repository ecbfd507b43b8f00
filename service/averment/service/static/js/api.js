/**
 * Talks to the service. Who asks is shown by a cookie that no script can read; nothing of it is kept here. A request that
 * comes when the session is over waits until somebody has signed in, and is then sent again.
 */

import { takeEvents } from "./sse.js";

// About two minutes in all: as long as the service may take to come back.
const RETRY_MS = [200, 600, 1500, 3000, 5000, 10000, 10000, 15000, 15000, 30000, 30000];
const PASSING = new Set([502, 503, 504]);

/** @type {() => Promise<void>} */
let askToSignIn = () => new Promise(() => {});
/** @type {Promise<void> | null} */
let signingIn = null;

/** What the service answered instead of what was asked for: a problem document (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {any} body
   */
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `HTTP ${status}`);
    this.status = status;
    /** @type {string} */
    this.code = body?.code ?? "";
    /** @type {string | null} */
    this.hint = body?.hint ?? null;
  }
}

/**
 * @param {() => Promise<void>} ask What lets somebody sign in when the session is over; done when it is open again.
 */
export function whenSignedOut(ask) {
  askToSignIn = ask;
}

/**
 * @typedef {{method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} Options
 */

/**
 * @param {string} path
 * @param {Options} [options] A body is sent as JSON, but for fields of a form and files.
 * @returns {Promise<Response>} Whatever the service answers.
 */
function send(path, { method = "GET", body, headers = {}, signal } = {}) {
  const isJson = body !== undefined && !(body instanceof URLSearchParams || body instanceof Blob);
  return fetch(path, {
    method,
    headers: isJson ? { ...headers, "Content-Type": "application/json" } : headers,
    body: isJson ? JSON.stringify(body) : /** @type {URLSearchParams | Blob | undefined} */ (body),
    signal,
    credentials: "same-origin",
    redirect: "error",
  });
}

/**
 * @param {Response} response
 * @returns {Promise<Response>} The response, when it is a success.
 */
async function successful(response) {
  if (response.ok) return response;
  throw new Problem(response.status, await response.json().catch(() => null));
}

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>} A response that is a success.
 */
async function request(path, options) {
  for (;;) {
    const response = await send(path, options);
    if (response.status !== 401) return successful(response);
    signingIn ??= askToSignIn().finally(() => (signingIn = null));
    await signingIn;
  }
}

/** @returns {Promise<any>} Who is signed in; null for nobody. */
export async function getSession() {
  const response = await send("/auth/session");
  return response.status === 401 ? null : (await successful(response)).json();
}

/**
 * Ask or tell a route of sign-in as a script, which is not sent on to another page.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
async function atTheDoor(path, options) {
  return (await successful(await send(path, { ...options, headers: { Accept: "application/json" } }))).json();
}

/** @returns {Promise<boolean>} Whether an issuer signs in here; else a key does. */
export async function hasIssuer() {
  return (await atTheDoor("/auth/login")).has_issuer;
}

/** @param {string} key */
export function openSession(key) {
  return atTheDoor("/auth/session", { method: "POST", body: new URLSearchParams({ key }) });
}

/** @returns {Promise<string>} Where to go on to: the issuer's own sign-out, or the page. */
export async function endSession() {
  return (await atTheDoor("/auth/logout", { method: "POST" })).location;
}

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function getJson(path, options) {
  return (await request(path, options)).json();
}

/**
 * Read a list to its end, piece by piece.
 * @param {string} path
 * @returns {Promise<any[]>}
 */
export async function getAll(path) {
  const found = [];
  let cursor = null;
  do {
    const piece = await getJson(`${path}?limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    found.push(...piece.data);
    cursor = piece.next_cursor;
  } while (cursor !== null);
  return found;
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export function post(path, body) {
  return getJson(path, { method: "POST", body });
}

/** @param {string} path */
export function cancel(path) {
  return getJson(path, { method: "DELETE" });
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function getBlob(path, signal) {
  return (await request(path, { signal })).blob();
}

/** @param {string} path */
export async function getText(path) {
  return (await request(path)).text();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<{content: Blob, name: string}>} The file that the service made, under the name it gave.
 */
export async function postForFile(path, body) {
  const response = await request(path, { method: "POST", body });
  const [, name] = /filename="([^"\\/]+)"/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return { content: await response.blob(), name: name ?? "averment" };
}

/**
 * Follow the events of an analysis to its end; a connection that breaks, or a service that is
 * started again meanwhile, is taken up again behind the last event.
 * @param {string} path
 * @param {(event: import("./sse.js").ServerEvent) => void} onEvent
 * @param {AbortSignal} signal
 */
export async function follow(path, onEvent, signal) {
  let last = -1;
  let failures = 0;
  let isOver = false;
  while (!isOver) {
    try {
      const headers = last < 0 ? {} : { "Last-Event-ID": String(last) };
      const response = await request(path, { headers, signal });
      for await (const event of events(response)) {
        if (event.id !== null) last = event.id;
        failures = 0;
        isOver = event.event === "end";
        onEvent(event);
      }
      if (!isOver) throw new TypeError("the stream ended before the analysis");
    } catch (error) {
      const isRefused = error instanceof Problem && !PASSING.has(error.status);
      if (signal.aborted || isRefused || failures >= RETRY_MS.length) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[failures]));
      failures += 1;
    }
  }
}

/**
 * @param {Response} response
 * @returns {AsyncGenerator<import("./sse.js").ServerEvent>}
 */
async function* events(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const [found, rest] = takeEvents(buffer + decoder.decode(value, { stream: true }));
      buffer = rest;
      yield* found;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
