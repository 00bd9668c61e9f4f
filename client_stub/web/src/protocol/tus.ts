/** A file's bytes to an upload of the server (tus 1.0), from where it stands. */

import { DetailedError, Upload } from "tus-js-client";
import { PROBLEM, refusal, type Server } from "./transport";
import { Refused, Trouble } from "./trouble";

const PATIENCE_MS = 60_000; // without one byte moving

/** Fulfilled when the server has all of them; `tell` how many it has. Throws Trouble. */
export function carry(
  server: Server,
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  chunk: number,
  tell: (offset: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer = 0;
    const over = (end: () => void) => {
      clearTimeout(timer);
      server.signal?.removeEventListener("abort", stop);
      end();
    };
    const giveUp = (code: string) => over(() => void upload.abort().finally(() => reject(new Trouble(code, {}, true))));
    const stop = () => giveUp("stopped");
    const moves = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => giveUp("no_answer"), PATIENCE_MS);
    };
    const upload = new Upload(new Blob([bytes]), {
      uploadUrl: url,
      chunkSize: chunk,
      headers: { Authorization: `Bearer ${server.token}`, "Accept-Language": server.lang },
      retryDelays: null, // who goes on after a cut, and when, is decided by the way home
      storeFingerprintForResuming: false,
      onProgress: moves,
      onChunkComplete: (_, accepted) => tell(accepted),
      onSuccess: () => over(resolve),
      onError: (error) => over(() => void troubleOf(error).then(reject)),
    });
    server.signal?.addEventListener("abort", stop);
    moves();
    upload.start();
  });
}

async function troubleOf(error: Error | DetailedError): Promise<Trouble> {
  const said = error instanceof DetailedError ? error.originalResponse : null;
  const status = said?.getStatus() ?? 0;
  if (!said || !status) return new Trouble(navigator.onLine ? "no_answer" : "offline", {}, true);
  const told = said.getHeader("Problem-Type"); // an answer to HEAD has no body
  if (told) return new Refused("refused", status, told.replace(PROBLEM, ""), 0, { said: told });
  const headers = ["Content-Type", "Retry-After"].flatMap((name) => (said.getHeader(name) ? [[name, said.getHeader(name)!] as [string, string]] : []));
  return refusal(new Response(said.getBody() || "{}", { status, headers }));
}
