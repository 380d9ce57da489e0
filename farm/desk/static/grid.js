// The grid: a clip's filmstrip is under the pointer, and what is chosen can be decided together.
const TILES = 12; // frames in a filmstrip, side by side, as `pipeline.clips.previews` has them

export function grid() {
  const tiles = document.getElementById("tiles");
  if (!tiles) return;
  for (const move of ["pointerover", "pointermove"]) tiles.addEventListener(move, scrub);
  for (const end of ["pointerout", "focusout"]) tiles.addEventListener(end, leave);
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  const count = () => {
    const chosen = tiles.querySelectorAll("input:checked").length;
    bar.hidden = !chosen;
    bar.querySelector("[data-count]").textContent = chosen;
  };
  let last = null; // a code and not a box: news exchange the boxes
  tiles.addEventListener("click", (event) => {
    if (!event.target.matches("input[type=checkbox]")) return;
    const boxes = [...tiles.querySelectorAll("input[type=checkbox]")];
    const before = boxes.findIndex((box) => box.value === last);
    if (event.shiftKey && before >= 0) {
      const [from, to] = [before, boxes.indexOf(event.target)].sort((one, other) => one - other);
      boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = event.target.value;
    count();
  });
  bar.querySelector("[data-clear]").addEventListener("click", () => { tiles.querySelectorAll("input:checked").forEach((box) => { box.checked = false; }); count(); });
  count();
}

// The frame of a clip that lies under the pointer. A finger has no place without pressing.
function scrub(event) {
  const place = event.target.closest("[data-strip]");
  if (!place || event.pointerType === "touch" || place.querySelector("video")) return;
  const strip = place.querySelector(".strip") ?? unroll(place);
  const box = place.getBoundingClientRect();
  const tile = Math.max(0, Math.min(TILES - 1, Math.floor((event.clientX - box.left) / box.width * TILES)));
  strip.dataset.tile = tile;
  strip.querySelector("img").style.translate = `${-100 * tile / TILES}%`;
  place.querySelector(".strip-at").style.translate = `${100 * tile}%`;
}

function unroll(place) {
  const thumb = place.querySelector("img"), box = place.getBoundingClientRect();
  const ratio = thumb.getAttribute("width") / thumb.getAttribute("height");
  const strip = document.createElement("span"), film = document.createElement("img"), at = document.createElement("span");
  strip.className = "strip"; at.className = "strip-at";
  strip.hidden = at.hidden = true; // the thumbnail is seen until it is there
  strip.setAttribute("aria-hidden", "true");
  const wider = box.width / box.height / ratio; // within the picture, as the thumbnail is
  strip.style.width = `${100 / Math.max(1, wider)}%`;
  strip.style.height = `${100 * Math.min(1, wider)}%`;
  film.alt = "";
  film.className = thumb.className;
  film.addEventListener("load", () => { strip.hidden = at.hidden = false; });
  film.addEventListener("error", () => { if (!place.isConnected || !place.matches(":hover")) return; rollUp(place); delete place.dataset.strip; play(place); });
  film.src = place.dataset.strip;
  strip.append(film);
  place.append(strip, at);
  return strip;
}

const rollUp = (place) => place.querySelectorAll(".strip, .strip-at").forEach((each) => each.remove());

// The film itself plays where somebody asks for it by a key, or where there is no filmstrip.
export function play(place) {
  const there = place.querySelector("video");
  if (there) { there.remove(); return; }
  rollUp(place);
  const video = document.createElement("video");
  Object.assign(video, { src: place.dataset.film, muted: true, loop: true, playsInline: true });
  if (place.querySelector("img.pixels")) video.className = "pixels";
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("canplay", () => { if (video.isConnected) video.play().catch(() => {}); }, { once: true });
  place.append(video);
}

// Whatever lies over a picture goes when pointer and focus have left it.
function leave(event) {
  const place = event.target.closest("[data-film]");
  if (!place || place.contains(event.relatedTarget)) return;
  rollUp(place);
  if (!place.matches(":focus-within") || event.type === "focusout") place.querySelector("video")?.remove();
}
