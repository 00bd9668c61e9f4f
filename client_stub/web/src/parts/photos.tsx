/** The photos of a record: taken, shown, taken away while they are not saved. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useStore } from "../app/context";
import { shrink } from "../app/camera";
import { t, when } from "../app/speech";
import { tell } from "../app/troubles";
import { discard, keep, read, unsaved } from "../work/photos";
import { every } from "../work/view";
import { Icon } from "./icon";
import { Banner } from "./page";

interface Taking {
  owner: string;
  /** Called before a photo is kept: what it belongs to should be on the disk first. */
  onChosen?: () => void;
  /** Called when a photo is kept, on the disk already. */
  onTaken?: () => Promise<void>;
}

export function TakePhoto({ owner, onChosen, onTaken }: Taking) {
  const { store } = useApp().session;
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const take = async (files: FileList | null) => {
    setBusy(true);
    setTrouble("");
    try {
      onChosen?.();
      for (const file of files ?? []) {
        await keep(store, owner, await shrink(file));
        await onTaken?.();
      }
    } catch (error) {
      setTrouble(tell(error));
    }
    setBusy(false);
    input.current!.value = "";
  };
  return (
    <>
      <input ref={input} type="file" accept="image/*" capture="environment" multiple hidden onChange={(event) => void take(event.currentTarget.files)} />
      <button type="button" disabled={busy} onClick={() => input.current!.click()}>
        <Icon name="camera" /> {busy ? t("Сохраняем…", "Keeping…") : t("Сфотографировать", "Take a photo")}
      </button>
      {trouble && <Banner tone="bad">{trouble}</Banner>}
    </>
  );
}

/** Photos of a form that is not saved yet. */
export function DraftPhotos({ owner }: { owner: string }) {
  const store = useStore();
  return (
    <ul class="photos">
      {unsaved(store, owner).map(({ id, sha256, takenAt }) => (
        <li key={id}>
          <Picture sha256={sha256} name={photoName(takenAt)} />
          <button type="button" class="danger" onClick={() => void discard(store, [id])}>
            {t("Убрать", "Remove")}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The photos that a record has. */
export function Photos({ owner }: { owner: string }) {
  const store = useStore();
  const all = every(store, "attachment").filter((each) => each.fields["owner"] === owner);
  if (!all.length) return null;
  return (
    <ul class="photos">
      {all.map(({ id, fields }) => (
        <li key={id}>
          <a href={`#/record/${id}`}>
            <Picture sha256={fields["sha256"]} name={photoName(fields["taken_at"])} />
          </a>
        </li>
      ))}
    </ul>
  );
}

function photoName(takenAt: string | undefined): string {
  return `${t("Снимок", "Photo")} ${when(takenAt ?? "")}`;
}

/** A picture from this tablet's own store; of one that is sealed or on the server alone, its name. */
export function Picture({ sha256, name }: { sha256: string; name: string }) {
  const { store } = useApp().session;
  const [url, setUrl] = useState("");
  const [sealed, setSealed] = useState(false);
  useEffect(() => {
    let made = "";
    let over = false;
    void read(store, sha256).then(async (bytes) => {
      if (over) return;
      if (!bytes) return setSealed((await store.db.photos.where("sha256").equals(sha256).count()) > 0);
      made = URL.createObjectURL(new Blob([bytes]));
      setUrl(made);
    });
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [sha256]);
  const where = sealed ? t("запечатан, откроет сервер", "sealed, the server opens it") : t("файл на сервере", "the file is on the server");
  return url ? <img src={url} alt={name} /> : <span class="elsewhere small">{name}: {where}</span>;
}
