/** Saving what stands on a form: once, however often it is tapped, and with a word where it could not be done. */

import { useMemo, useRef, useState } from "preact/hooks";
import { tell } from "../app/troubles";
import { Banner } from "./page";

/** Work that is done once: again only after it has failed, of which `fail` is told. */
export function once(fail: (error: unknown) => void): (work: () => Promise<void>) => Promise<void> {
  let begun = false;
  return async (work) => {
    if (begun) return;
    begun = true;
    try {
      await work();
    } catch (error) {
      begun = false;
      fail(error);
    }
  };
}

/** `save` is for a button; `trouble` stands beside it. The form closes when it is done. */
export function useSaving(work: () => Promise<void>) {
  const [said, setSaid] = useState("");
  const latest = useRef(work);
  latest.current = work;
  const begin = useMemo(() => once((error) => setSaid(tell(error))), []);
  const save = () => {
    setSaid("");
    void begin(() => latest.current());
  };
  return { save, trouble: said && <Banner tone="bad">{said}</Banner> };
}
