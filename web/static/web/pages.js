// Announces what htmx has changed, keeps the focus in the page, and reports requests that failed.
(() => {
  let focused;
  const write = (id, text) => {
    const region = document.getElementById(id);
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50); // so that an equal text is announced again
  };
  const explain = (xhr) => {
    try {
      return JSON.parse(xhr.response).detail;
    } catch {
      return `The server responded with status ${xhr.status}. Try again in a moment.`;
    }
  };
  const on = (name, act) => addEventListener(`htmx:${name}`, (event) => act(event.detail, event.target));
  const report = (name, describe) => on(name, ({ elt, xhr }) => {
    elt.toggleAttribute("data-failed", true);
    write("problem", describe(xhr));
  });
  on("beforeRequest", () => { document.getElementById("problem").textContent = ""; });
  on("beforeSwap", () => { focused = document.activeElement; });
  on("afterSettle", (_, target) => {
    if (!focused?.isConnected && document.activeElement === document.body) {
      (target.querySelector("[tabindex='-1']") || document.querySelector("h1")).focus();
    }
    if (target.dataset.announce) write("announcement", target.dataset.announce);
  });
  addEventListener("input", ({ target }) => {
    if (!target.matches("[data-tags]")) return;
    const { list, value } = target;
    list.names ??= [...list.options].map((option) => option.value);
    const before = value.match(/^(.*,\s*)?/)[0];
    const free = list.names.filter((name) => !before.split(/,\s*/).includes(name));
    list.replaceChildren(...free.map((name) => new Option("", before + name))); // completes the last of several tags
  });
  addEventListener("input", ({ target }) => { // a value that is entered chooses its rule
    if (target.dataset.rule) target.form.elements.rule.value = target.dataset.rule;
  });
  report("responseError", explain);
  report("sendError", () => "The server cannot be reached. Check your connection and try again.");
  report("timeout", () => "The server did not respond in time. Try again.");
})();
