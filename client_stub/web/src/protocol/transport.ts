/**
 * HTTP to the server: gzip up, a bearer token, timeouts. Every call may be made again: ops have ids, cursors name
 * places. So a lost, cut or passing bad answer means that the same bytes are sent again.
 */

import { Refused, Trouble } from "./trouble";
import type { Enrolled, RecordChange, Schemas, SyncAnswer } from "./types";

export const PROBLEM = "urn:vyezd:problem:";
const TOLD = new Set(["busy", "closed", "bad-code"]); // told in this client's own words: it knows what it holds
export const TUS = { "Tus-Resumable": "1.0.0" };
const SMALL = 1024; // bytes that are not worth compressing

/** An answer, and the tablet's own time (Unix ms) when it asked and when it was answered. */
export interface Answer<T> {
  body: T;
  askedMs: number;
  answeredMs: number;
}

/** Changes up to a cursor where a pull may stop and resume; `more` is false at the scope's head. */
export interface Page {
  changes: RecordChange[];
  cursor: string;
  more: boolean;
}

export class Server {
  constructor(
    readonly token: string | null,
    readonly lang: string,
    readonly signal?: AbortSignal,
    readonly base = "/api/v1",
  ) {}

  speakingFor(token: string): Server {
    return new Server(token, this.lang, this.signal, this.base);
  }

  /** Trade a one-time code for a device and its token: the same again for the same code and key. */
  enroll(body: object): Promise<Answer<Enrolled>> {
    return this.post("/devices/enroll", JSON.stringify(body));
  }

  /** `POST /sync`. Throws Refused with status 413 when the body is too large. */
  sync(body: string): Promise<Answer<SyncAnswer>> {
    return this.post("/sync", body);
  }

  /**
   * A file's upload and where it stands, begun now or earlier; at its end when the server needs no byte of it. Asked
   * again it says the same. `size`: of what will be sent, the file itself or its sealed form.
   */
  async begin(sha256: string, size: number, sealed: boolean): Promise<{ url: string; offset: number }> {
    const told = `sha256 ${btoa(sha256)}${sealed ? ",sealed" : ""}`;
    const headers = { ...TUS, "Upload-Length": String(size), "Upload-Metadata": told };
    const { headers: said } = await this.send("/uploads", { method: "POST", headers });
    return { url: `${this.base}/uploads/${said.get("Location")!.split("/").pop()}`, offset: Number(said.get("Upload-Offset")) };
  }

  /** The record types, unless they are still those of `tag`: then null. */
  async schemas(tag: string | undefined): Promise<{ schemas: Schemas; tag: string } | null> {
    const response = await this.send("/schemas", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (response.status === 304) return null;
    return { schemas: await read(response.json()), tag: response.headers.get("ETag") ?? "" };
  }

  /** One answer of `GET /changes`: each page as it comes. Throws Refused `gone` when the cursor is unknown. */
  async *changes(cursor: string): AsyncGenerator<Page> {
    const response = await this.send(`/changes?cursor=${encodeURIComponent(cursor)}`, {});
    let changes: RecordChange[] = [];
    let closed = false;
    for await (const line of lines(response)) {
      const said = parse(line);
      closed = "cursor" in said;
      if (!closed) changes.push(said);
      else {
        yield { changes, cursor: said.cursor, more: said.more ?? changes.length > 0 };
        changes = [];
      }
    }
    if (!closed) throw new Trouble("cut", {}, true);
  }

  private async post<T>(path: string, body: string): Promise<Answer<T>> {
    const askedMs = Date.now();
    const { data, headers } = await packed(body);
    const response = await this.send(path, {
      method: "POST",
      body: data,
      headers: { "Content-Type": "application/json", ...headers },
    });
    const said = await read<T & { server_time?: string }>(response.json());
    if (!said?.server_time) throw new Trouble("not_ours", { status: response.status }); // each answer of ours has it
    return { body: said, askedMs, answeredMs: Date.now() };
  }

  private async send(path: string, options: RequestInit): Promise<Response> {
    const headers = { ...(options.headers as Record<string, string>), "Accept-Language": this.lang };
    if (this.token) Object.assign(headers, { Authorization: `Bearer ${this.token}` });
    const patience = AbortSignal.timeout(90_000);
    const signal = this.signal ? AbortSignal.any([this.signal, patience]) : patience;
    const asked = fetch(this.base + path, { cache: "no-store", redirect: "error", ...options, headers, signal });
    const response = await asked.catch(() => {
      throw new Trouble(this.signal?.aborted ? "stopped" : navigator.onLine ? "no_answer" : "offline", {}, true);
    });
    if (response.ok ? !isOurs(response) : response.status !== 304) throw await refusal(response);
    return response;
  }
}

function isOurs(response: Response): boolean {
  return response.headers.has("Tus-Resumable") || ["application/json", "application/x-ndjson"].includes(mediaType(response));
}

function mediaType(response: Response): string {
  return (response.headers.get("Content-Type") ?? "").split(";")[0]!.trim();
}

/** What a bad answer says. */
export async function refusal(response: Response): Promise<Refused> {
  const after = Number(response.headers.get("Retry-After")) || 0;
  if (mediaType(response) !== "application/problem+json") {
    return new Refused(response.status >= 500 ? "server_failed" : "not_ours", response.status, "", after);
  }
  const problem = await response.json().catch(() => ({}));
  const code = String(problem.type ?? "").replace(PROBLEM, "");
  if (TOLD.has(code)) return new Refused(code, response.status, code, after);
  const said = [problem.title, problem.detail, problem.error_id].filter(Boolean).join(". ");
  return new Refused("refused", response.status, code, after, { said });
}

async function packed(body: string): Promise<{ data: BodyInit; headers: Record<string, string> }> {
  if (body.length < SMALL || typeof CompressionStream === "undefined") return { data: body, headers: {} };
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return { data: await new Response(stream).blob(), headers: { "Content-Encoding": "gzip" } };
}

async function read<T>(body: Promise<T>): Promise<T> {
  return body.catch(() => {
    throw new Trouble("cut", {}, true);
  });
}

async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await read(reader.read());
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : parts.pop()!;
    for (const line of parts) if (line) yield line;
    if (done) return;
  }
}

function parse(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    throw new Trouble("cut", {}, true);
  }
}
