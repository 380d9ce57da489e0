// Takes on one clock. Frames are counted in the published clip, from 0; beside it from 1001, as editors count.
const FIRST = 1001;

class TakePlayer extends HTMLElement {
  connectedCallback() {
    this.over = "alone";
    this.looked = [];
    this.rate = 1;
    this.stage = this.querySelector(".stage");
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("input", (event) => this.#set(event.target));
    this.seek = this.querySelector('[data-do="seek"]');
    const shown = this.stage.querySelector(".screen[data-take]:not([hidden])");
    if (shown) this.look(Number(shown.dataset.take));
    this.resized = new ResizeObserver(() => this.#fit());
    this.resized.observe(this.stage);
    document.addEventListener("click", this.picked = (event) => {
      const pick = event.target.closest("[data-pick] button");
      if (pick) this.look(Number(pick.closest("[data-pick]").dataset.pick), event.shiftKey);
    });
    this.#longPress();
  }

  disconnectedCallback() {
    this.resized.disconnect();
    document.removeEventListener("click", this.picked);
    cancelAnimationFrame(this.tick);
  }

  get screens() { return [...this.stage.querySelectorAll(".screen[data-take]")]; }
  get shown() { return this.screens.filter((screen) => !screen.hidden); }
  get films() { return this.shown.map((screen) => screen.querySelector("video")).filter(Boolean); }
  get lead() { return this.films[0] ?? null; }
  get fps() { return Number(this.lead?.dataset.fps ?? 16); }
  get frames() { return Math.max(0, ...this.films.map((film) => Number(film.dataset.frames))); }
  get frame() { return this.lead ? Math.min(this.frames - 1, Math.floor(this.lead.currentTime * this.fps + 0.001)) : 0; }
  get playing() { return Boolean(this.lead && !this.lead.paused); }

  look(take, beside = false) {
    const screen = this.screens.find((each) => Number(each.dataset.take) === take);
    if (!screen) return;
    this.looked = [take, ...this.looked.filter((each) => each !== take)];
    this.chosen = take;
    if (beside && this.over === "alone") this.over = "side";
    this.#show();
    for (const pick of document.querySelectorAll("[data-pick]")) {
      const now = Number(pick.dataset.pick) === take, row = pick.parentElement;
      pick.querySelector("button").setAttribute("aria-pressed", String(now));
      if (now && (pick.offsetLeft < row.scrollLeft || pick.offsetLeft + pick.offsetWidth > row.scrollLeft + row.clientWidth)) row.scrollLeft = pick.offsetLeft - row.clientWidth / 2;
    }
    for (const about of document.querySelectorAll("[data-about]")) about.hidden = Number(about.dataset.about) !== take;
    const film = screen.querySelector("video");
    for (const input of document.querySelectorAll("[data-chosen]")) input.value = film ? take : "";
    for (const name of document.querySelectorAll("[data-chosen-name]")) name.textContent = film ? take : "";
  }

  renewed() {
    const films = this.stage.querySelectorAll("video").length;
    this.querySelector(".transport").hidden = !films;
    this.querySelector(".modes").hidden = films < 2;
    this.look(this.chosen ?? Number(this.screens.at(-1)?.dataset.take));
  }

  mode(over) {
    this.over = over === this.over ? "alone" : over;
    if (this.over !== "alone" && this.looked.length < 2) {
      const other = this.screens.map((screen) => Number(screen.dataset.take)).filter((take) => take !== this.chosen).at(-1);
      if (other === undefined) this.over = "alone"; else this.looked.splice(1, 0, other);
    }
    this.#show();
  }

  flip() {
    if (this.looked.length < 2) { this.mode("alone"); const other = this.screens.map((each) => Number(each.dataset.take)).filter((take) => take !== this.chosen).at(-1); if (other === undefined) return; this.looked.splice(1, 0, other); }
    this.over = "alone";
    this.look(this.looked[1]);
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  play() {
    const at = this.lead && this.lead.currentTime >= this.lead.duration - 0.5 / this.fps ? 0 : this.lead?.currentTime ?? 0;
    for (const film of this.films) { film.currentTime = at; film.playbackRate = this.rate; film.play().catch(() => {}); }
    this.#run();
  }

  pause() {
    for (const film of this.films) film.pause();
    this.go(this.frame);
  }

  step(by) {
    for (const film of this.films) film.pause();
    const frames = this.frames || 1;
    this.go((this.frame + by + frames) % frames);
  }

  go(frame) {
    for (const film of this.films) film.currentTime = (Math.min(frame, Number(film.dataset.frames) - 1) + 0.5) / Number(film.dataset.fps);
    this.#tell(frame);
  }

  #show() {
    const at = this.lead?.currentTime ?? 0, played = this.playing;
    const many = this.over === "side" ? 4 : this.over === "wipe" ? 2 : 1;
    const wanted = this.looked.slice(0, many);
    const before = new Set(this.shown);
    for (const screen of this.screens) {
      const take = Number(screen.dataset.take), show = wanted.includes(take);
      screen.hidden = !show;
      if (!show) screen.querySelector("video")?.pause();
      screen.style.order = wanted.indexOf(take);
      screen.dataset.place = wanted.indexOf(take);
      if (show) this.#open(screen.querySelector("video"));
      screen.style.clipPath = "";
    }
    this.stage.classList.toggle("over", this.over === "wipe");
    this.stage.classList.toggle("side", this.over === "side");
    this.querySelector('[data-do="wipe"]').hidden = this.over !== "wipe";
    for (const button of this.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === this.over));
    for (const film of this.films) if (!before.has(film.closest(".screen"))) film.currentTime = Math.min(at, film.duration || at);
    this.#wipe();
    this.#fit();
    if (played) this.play(); else this.#tell(this.frame);
  }

  // What is looked at is a frame of the film itself, from the first on: a poster is a small picture of its middle.
  #open(film) {
    if (!film || film.dataset.opened) return;
    film.dataset.opened = "1";
    film.preload = "auto";
    const begin = () => { if (film.paused && film.currentTime === 0) film.currentTime = 0.5 / Number(film.dataset.fps); };
    if (film.readyState >= 2) begin(); else film.addEventListener("loadeddata", begin, { once: true });
  }

  #wipe() {
    if (this.over !== "wipe") return;
    const [top] = this.looked, screen = this.screens.find((each) => Number(each.dataset.take) === top);
    const film = screen?.querySelector("video");
    if (!film) return;
    const share = Number(this.querySelector('[data-do="wipe"]').value) / 100;
    const stage = this.stage.getBoundingClientRect(), picture = film.getBoundingClientRect();
    const cut = picture.left - stage.left + share * picture.width;
    screen.style.zIndex = 1;
    for (const other of this.screens) if (other !== screen) other.style.zIndex = 0;
    screen.style.clipPath = `inset(0 ${Math.max(0, stage.width - cut)}px 0 0)`;
  }

  // A toy's frames are shown in whole multiples of their pixels, so that none of them is a blur.
  #fit() {
    const shown = this.shown, room = this.stage.clientWidth / (this.over === "side" && !matchMedia("(max-width: 720px)").matches ? shown.length || 1 : 1);
    const high = Math.max(240, innerHeight * 0.56); // as in desk.css
    for (const screen of shown) {
      const film = screen.querySelector("video");
      if (!film) continue;
      const width = Number(film.getAttribute("width")), height = Number(film.getAttribute("height"));
      let factor = Math.min(room / width, high / height);
      if (screen.classList.contains("pixels") && factor >= 1) factor = Math.floor(factor);
      film.style.width = `${Math.round(width * Math.max(factor, 0.05))}px`;
      film.style.height = `${Math.round(height * Math.max(factor, 0.05))}px`;
    }
    this.#wipe();
  }

  #run() {
    cancelAnimationFrame(this.tick);
    const turn = () => {
      if (!this.isConnected) return;
      const [lead, ...others] = this.films;
      for (const film of others) if (Math.abs(film.currentTime - lead.currentTime) > 0.6 / this.fps && !film.seeking) film.currentTime = lead.currentTime;
      this.#tell(this.frame);
      if (this.playing) this.tick = requestAnimationFrame(turn);
    };
    turn();
  }

  #tell(frame) {
    this.seek.max = Math.max(0, this.frames - 1);
    this.seek.value = frame;
    this.querySelector("[data-frame]").textContent = `${frame} · ${FIRST + frame}`;
    this.querySelector('[data-do="play"]').textContent = this.playing ? "❚❚" : "▶";
    this.dispatchEvent(new CustomEvent("frame", { detail: { frame, take: this.chosen }, bubbles: true }));
  }

  #clicked(event) {
    const button = event.target.closest("[data-do], [data-mode]");
    if (!button) { if (event.target.closest("video")) this.toggle(); return; }
    if (button.dataset.mode) this.mode(button.dataset.mode);
    const act = { play: () => this.toggle(), back: () => this.step(-1), on: () => this.step(1), flip: () => this.flip() }[button.dataset.do];
    act?.();
  }

  #set(input) {
    switch (input.dataset.do) {
      case "seek": for (const film of this.films) film.pause(); this.go(Number(input.value)); break;
      case "speed": this.rate = Number(input.value); for (const film of this.films) film.playbackRate = this.rate; break;
      case "loop": for (const screen of this.screens) { const film = screen.querySelector("video"); if (film) film.loop = input.checked; } break;
      case "wipe": this.#wipe(); break;
    }
  }

  // A finger that rests on a take puts it beside the one that is looked at.
  #longPress() {
    let timer = null;
    // The row of takes is exchanged when there is another: what listens to it stands above it.
    document.addEventListener("touchstart", (event) => {
      const pick = event.target.closest("#takes [data-pick]");
      if (pick) timer = setTimeout(() => { this.over = "side"; this.look(Number(pick.dataset.pick)); }, 500);
    }, { passive: true });
    for (const kind of ["touchend", "touchmove", "touchcancel"]) document.addEventListener(kind, () => clearTimeout(timer), { passive: true });
  }
}

customElements.define("take-player", TakePlayer);
