// The camera as a second scanner: the browser's own detector where it reads both codes of ours, else ZXing, fetched at the
// first use. Both run without WebAssembly, so the page's policy stays as strict as everywhere.
const formats = ["code_128", "qr_code"];
const pause = 200; // ms between two looks
const gone = 1500; // ms without a code, after which the same one is a new scan

const loaded = (source) =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });

const own = () => {
  const detector = new BarcodeDetector({ formats });
  return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? "";
};

const borrowed = async (source) => {
  if (!window.ZXing) await loaded(source);
  const { BarcodeFormat, BinaryBitmap, DecodeHintType, HybridBinarizer, MultiFormatReader, RGBLuminanceSource } = window.ZXing;
  const reader = new MultiFormatReader();
  reader.setHints(new Map([[DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.CODE_128, BarcodeFormat.QR_CODE]]]));
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (picture) => {
    const [width, height] = [picture.videoWidth || picture.width, picture.videoHeight || picture.height];
    if (!width) return "";
    Object.assign(canvas, { width, height });
    pen.drawImage(picture, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    const grey = new Uint8ClampedArray(width * height);
    for (let at = 0; at < grey.length; at++) grey[at] = (data[4 * at] + 2 * data[4 * at + 1] + data[4 * at + 2]) >> 2;
    try {
      return reader.decodeWithState(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))).getText();
    } catch {
      return ""; // nothing to read in this picture
    } finally {
      reader.reset();
    }
  };
};

// What reads a picture (video, image or canvas): its code, or nothing. `fallback` is where ZXing is.
export const detector = async (fallback) => {
  const known = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  return formats.every((format) => known.includes(format)) ? own() : borrowed(fallback);
};

// Show the camera in `video` and give each code once to `found`, until the returned function is called.
export const open = async (video, fallback, found) => {
  const read = await detector(fallback);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = stream;
  await video.play();
  let [last, at, on] = ["", 0, true];
  const look = async () => {
    if (!on) return;
    const code = await read(video);
    if (code && code !== last) found(code);
    if (code || Date.now() - at > gone) last = code;
    if (code) at = Date.now();
    setTimeout(look, pause);
  };
  look();
  return () => {
    on = false;
    for (const track of stream.getTracks()) track.stop();
  };
};
