/** What can go wrong between a tablet and its server: each has a sentence in words/trouble.ts. */

export class Trouble extends Error {
  /** `passing`: the same request may be answered well in a moment. */
  constructor(
    readonly code: string,
    readonly details: Record<string, string | number> = {},
    readonly passing = false,
  ) {
    super(code);
  }
}

/** The server said no. `problem` is the stable code of its problem+json, `after` seconds it asks to wait. */
export class Refused extends Trouble {
  constructor(
    code: string,
    readonly status: number,
    readonly problem = "",
    readonly after = 0,
    details: Record<string, string | number> = {},
  ) {
    super(code, { status, ...details }, [429, 500, 502, 503, 504].includes(status) && problem !== "closed");
  }
}
