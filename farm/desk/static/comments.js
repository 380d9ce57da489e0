// Comments hold at a frame of the published clip; what was drawn lies over it as fractions of the picture.
export function comments() {
  const player = document.querySelector("take-player");
  const form = document.querySelector("form[data-comment]");
  if (!player || !form) return;
  const state = { strokes: [], drawing: false };
  const said = form.querySelector("[data-frame-said]");
  player.addEventListener("frame", ({ detail }) => {
    const film = player.films.length > 0;
    form.elements.frame.value = film ? detail.frame : "";
    said.textContent = film ? `${said.dataset.frameSaid} ${detail.frame}` : "";
    if (!player.playing) paint(); else clear();
  });
  const canvas = () => player.shown.find((each) => Number(each.dataset.take) === player.chosen)?.querySelector("canvas.marks");
  const clear = () => { const at = canvas(); if (at) at.getContext("2d").clearRect(0, 0, at.width, at.height); };
  const kept = () => [...document.querySelectorAll("#comments-list li[data-mark]:not(.done)")]
    .filter((each) => Number(each.dataset.take) === player.chosen && each.dataset.frame !== "" && Number(each.dataset.frame) === player.frame)
    .map((each) => JSON.parse(each.dataset.mark)).flat();
  const paint = () => {
    const at = canvas(), film = at?.parentElement.querySelector("video");
    if (!at || !film) return;
    const stage = at.parentElement.getBoundingClientRect(), picture = film.getBoundingClientRect();
    at.style.left = `${picture.left - stage.left}px`; at.style.top = `${picture.top - stage.top}px`;
    at.style.width = `${picture.width}px`; at.style.height = `${picture.height}px`;
    at.width = picture.width * devicePixelRatio; at.height = picture.height * devicePixelRatio;
    const pen = at.getContext("2d");
    pen.lineWidth = 3 * devicePixelRatio; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#ffd54a";
    for (const stroke of [...kept(), ...state.strokes]) {
      pen.beginPath();
      stroke.forEach(([x, y], index) => pen[index ? "lineTo" : "moveTo"](x * at.width, y * at.height));
      pen.stroke();
    }
  };
  const draw = form.querySelector("[data-draw]");
  draw.addEventListener("click", () => {
    state.drawing = !state.drawing;
    if (state.drawing) { player.pause(); player.scrollIntoView({ block: "nearest" }); }
    draw.setAttribute("aria-pressed", String(state.drawing));
    for (const screen of player.screens) screen.classList.toggle("marking", state.drawing);
    paint();
  });
  let stroke = null;
  const point = (event) => {
    const box = canvas().getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((each) => Math.min(1, Math.max(0, Number(each.toFixed(4)))));
  };
  player.addEventListener("pointerdown", (event) => {
    if (!state.drawing || event.target !== canvas() || state.strokes.length >= 50) return;
    stroke = [point(event)];
    state.strokes.push(stroke);
    event.target.setPointerCapture(event.pointerId);
  });
  player.addEventListener("pointermove", (event) => { if (stroke && stroke.length < 500) { stroke.push(point(event)); paint(); } });
  player.addEventListener("pointerup", () => { stroke = null; form.elements.mark.value = JSON.stringify(state.strokes.filter((each) => each.length > 1)); });
  player.addEventListener("pointercancel", () => { stroke = null; });
  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-show]");
    if (!show) return;
    const { take, frame } = show.closest("li").dataset;
    player.look(Number(take));
    if (frame !== "") { player.pause(); player.go(Number(frame)); }
    player.scrollIntoView({ block: "nearest" });
  });
  addEventListener("resize", paint);
}
