/** The camera looks for a QR code; the decoder comes with the app and is loaded when it is wanted. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../app/speech";
import { Banner } from "./page";

const WIDTH = 640; // pixels that the decoder looks at: enough for a short code, light for an old tablet

export function Scanner({ onFound, onStop }: { onFound: (text: string) => void; onStop: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let over = false;
    const begin = async () => {
      const { default: decode } = await import("qr/decode.js");
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (over) return stream.getTracks().forEach((track) => track.stop());
      video.current!.srcObject = stream;
      await video.current!.play();
      while (!over) {
        const found = read(video.current!, decode);
        if (found) return onFound(found);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    };
    begin().catch(() => setBlocked(true));
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  if (blocked) {
    return <Banner tone="warn">{t("Камера недоступна: разрешите её в браузере или введите код.", "The camera is not available: allow it, or type the code.")}</Banner>;
  }
  return (
    <div class="field">
      <video class="camera" ref={video} muted playsInline aria-label={t("Камера", "Camera")} />
      <button type="button" onClick={onStop}>
        {t("Закрыть камеру", "Close the camera")}
      </button>
    </div>
  );
}

function read(video: HTMLVideoElement, decode: (image: ImageData) => string): string | null {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, WIDTH / video.videoWidth);
  const canvas = new OffscreenCanvas(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decode(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return null; // no code in this picture yet
  }
}
