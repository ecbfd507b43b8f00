/** Talks to the service. The one place that knows how requests are authenticated. */

import { takeEvents } from "./sse.js";

const KEPT_AS = "averment.key";
const RETRY_MS = [200, 600, 1500, 3000];
const LAST_EVENTS = new Set(["answer", "error", "cancelled"]);

/** @type {string | null} */
let key = sessionStorage.getItem(KEPT_AS);

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

/** @returns {boolean} Whether there is a key to present. */
export function hasKey() {
  return key !== null;
}

/** @param {string | null} given The key from now on, kept for this tab until it is closed; none signs out. */
export function setKey(given) {
  key = given;
  if (given === null) sessionStorage.removeItem(KEPT_AS);
  else sessionStorage.setItem(KEPT_AS, given);
}

/**
 * Add what shows who asks.
 * @param {Record<string, string>} headers
 * @returns {Record<string, string>}
 */
function authenticated(headers) {
  return key === null ? headers : { ...headers, Authorization: `Bearer ${key}` };
}

/**
 * @param {string} path
 * @param {{method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>} A response that is a success.
 */
async function request(path, { method = "GET", body, headers = {}, signal } = {}) {
  const typed = body === undefined ? headers : { ...headers, "Content-Type": "application/json" };
  const response = await fetch(path, {
    method,
    headers: authenticated(typed),
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
    credentials: "same-origin",
    redirect: "error",
  });
  if (response.ok) return response;
  throw new Problem(response.status, await response.json().catch(() => null));
}

/**
 * @param {string} path
 * @param {Parameters<typeof request>[1]} [options]
 * @returns {Promise<any>}
 */
export async function getJson(path, options) {
  return (await request(path, options)).json();
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

/**
 * Follow the events of an analysis to its end; a connection that breaks is taken up again behind the last event.
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
        isOver = LAST_EVENTS.has(event.event);
        onEvent(event);
      }
      if (!isOver) throw new TypeError("the stream ended before the analysis");
    } catch (error) {
      if (signal.aborted || error instanceof Problem || failures >= RETRY_MS.length) throw error;
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
