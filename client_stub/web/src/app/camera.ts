/** A picture as it is kept: scaled to what the office needs of it, in JPEG, without what a camera writes into a file. */

import { Trouble } from "../protocol/trouble";
import type { Shot } from "../work/photos";

const TARGET = 250_000; // bytes
const TRIES: [side: number, quality: number][] = [[1600, 0.8], [1600, 0.65], [1600, 0.5], [1280, 0.5], [1024, 0.45], [800, 0.4]];
const MIME = "image/jpeg";

/** The first of the tries that is small enough, else the last. Throws Trouble `no_picture` when it cannot be read. */
export async function shrink(file: Blob): Promise<Shot> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new Trouble("no_picture");
  });
  let bytes = new Uint8Array();
  for (const [side, quality] of TRIES) {
    bytes = await jpeg(picture, side, quality);
    if (bytes.length <= TARGET) break;
  }
  picture.close();
  return { bytes, mime: MIME };
}

async function jpeg(picture: ImageBitmap, side: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff"; // what is transparent in a screenshot is paper
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: MIME, quality });
  return new Uint8Array(await blob.arrayBuffer());
}
