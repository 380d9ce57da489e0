// The grid: a clip plays where the pointer is, and what is chosen can be decided together.
export function grid() {
  const tiles = document.getElementById("tiles");
  if (!tiles) return;
  tiles.addEventListener("pointerover", (event) => play(event.target.closest("[data-film]")));
  tiles.addEventListener("focusin", (event) => play(event.target.closest("[data-film]")));
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  const count = () => {
    const chosen = tiles.querySelectorAll("input:checked").length;
    bar.hidden = !chosen;
    bar.querySelector("[data-count]").textContent = chosen;
  };
  let last = null;
  tiles.addEventListener("click", (event) => {
    if (!event.target.matches("input[type=checkbox]")) return;
    const boxes = [...tiles.querySelectorAll("input[type=checkbox]")];
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((one, other) => one - other);
      boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = event.target;
    count();
  });
  bar.querySelector("[data-clear]").addEventListener("click", () => { tiles.querySelectorAll("input:checked").forEach((box) => { box.checked = false; }); count(); });
  count();
}

function play(place) {
  if (!place || place.querySelector("video")) return;
  const video = document.createElement("video");
  Object.assign(video, { src: place.dataset.film, muted: true, loop: true, playsInline: true });
  if (place.querySelector("img.pixels")) video.className = "pixels";
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("canplay", () => { if (video.isConnected) video.play().catch(() => {}); }, { once: true });
  const end = (event) => {
    if (place.contains(event.relatedTarget)) return;
    video.remove(); place.removeEventListener("pointerleave", end); place.removeEventListener("focusout", end);
  };
  place.addEventListener("pointerleave", end);
  place.addEventListener("focusout", end);
  place.append(video);
}
