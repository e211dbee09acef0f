// The playground, live: the form is sent when it changes, and what comes back takes the place of the results.
// Without this script the form is sent by its button and the whole page comes back.
"use strict";

(() => {
  const PAUSE = 350; // milliseconds after the last change
  const status = document.getElementById("status");
  const jump = document.querySelector(".jump");
  let timer = 0;
  let asked = null; // what is under way

  const form = () => document.getElementById("play");
  const results = () => document.getElementById("results");

  const entered = (submitter) => {
    const fields = new URLSearchParams(new FormData(form()));
    if (submitter && submitter.name) fields.set(submitter.name, submitter.value);
    return fields;
  };

  // Posts the form; a later change calls this off, and null comes back.
  async function post(fields, fragment) {
    if (asked) asked.abort();
    asked = new AbortController();
    const mine = asked;
    try {
      const answer = await fetch(form().action, {
        method: "POST",
        body: fields,
        headers: fragment ? { "X-Fragment": "1" } : {},
        signal: mine.signal,
      });
      const text = await answer.text();
      return mine === asked ? { ok: answer.ok, page: parsed(text, answer.url) } : null;
    } catch (error) {
      if (error.name === "AbortError") return null;
      return { ok: false, page: null };
    }
  }

  // Addresses are relative to the page that came, which may lie elsewhere than this one.
  function parsed(text, base) {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const name of ["href", "action"]) {
      for (const element of page.querySelectorAll(`[${name}]:not([${name}^="#"])`)) {
        element.setAttribute(name, new URL(element.getAttribute(name), base).href);
      }
    }
    return page;
  }

  async function refresh() {
    results().setAttribute("aria-busy", "true");
    const answer = await post(entered(), true);
    if (!answer) return;
    const found = answer.ok ? answer.page.getElementById("results") : null;
    if (!found) return failed(answer.page);
    document.querySelector(".case")?.setAttribute("hidden", ""); // it told of the case as it was loaded
    keepOpen(results(), found);
    const filter = document.getElementById("filter")?.value ?? "";
    const focused = results().contains(document.activeElement) ? document.activeElement.id : "";
    results().replaceWith(found);
    prepare(filter);
    if (focused) document.getElementById(focused)?.focus();
    markFaults();
    tell(found.dataset.said);
  }

  // Where nothing came: what stands there is not the answer to what stands in the form.
  function failed(page) {
    results().removeAttribute("aria-busy");
    const why = page?.querySelector("main h1")?.textContent ?? form().dataset.failed;
    results().dataset.said = why;
    results().querySelector(".said").textContent = why;
    tell(why);
  }

  function keepOpen(before, after) {
    for (const details of before.querySelectorAll("details[id]")) {
      const again = after.querySelector(`#${CSS.escape(details.id)}`);
      if (again) again.open = details.open;
    }
  }

  function tell(text) {
    if (status.textContent !== text) status.textContent = text;
    jump.textContent = text;
  }

  function markFaults() {
    const faults = new Map();
    for (const item of results().querySelectorAll("[data-fault]")) faults.set(item.dataset.fault, item.dataset.why);
    for (const place of form().querySelectorAll(".fault[id]")) {
      const name = place.id.slice(2);
      const why = faults.get(name) ?? "";
      place.textContent = why;
      place.hidden = !why;
      const field = document.getElementById(`f-${name}`);
      if (why) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
  }

  // Accepting a suggestion changes the form too, so the whole page is asked for.
  async function accept(submitter) {
    clearTimeout(timer);
    const answer = await post(entered(submitter), false);
    if (!answer) return;
    const found = answer.ok ? answer.page.getElementById("playground") : null;
    if (!found) return failed(answer.page);
    document.getElementById("playground").replaceWith(found);
    prepare("");
    show();
    (document.getElementById("accepted") ?? results()).focus();
    tell([document.getElementById("accepted")?.textContent.trim(), results().dataset.said].filter(Boolean).join(" "));
  }

  // Only the way of writing the dose that is chosen needs its fields.
  function show() {
    const sig = form().elements.sig.value;
    for (const part of form().querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== sig;
  }

  function prepare(filter) {
    const field = document.getElementById("filter");
    if (field) {
      field.parentElement.hidden = false;
      field.value = filter;
      field.addEventListener("input", sift);
      if (filter) sift();
    }
    for (const place of results().querySelectorAll(".copy")) place.hidden = false;
    sight.disconnect();
    sight.observe(results());
  }

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function sift() {
    const words = plain(document.getElementById("filter").value).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const family of results().querySelectorAll(".family")) {
      let here = 0;
      for (const item of family.querySelectorAll("[data-verdict]")) {
        const text = plain(item.textContent);
        item.hidden = !words.every((word) => text.includes(word));
        if (!item.hidden) here += 1;
      }
      for (const details of family.querySelectorAll("details")) {
        const some = details.querySelector("[data-verdict]:not([hidden])");
        details.hidden = !some;
        if (words.length) details.open = Boolean(some);
      }
      family.hidden = !here;
      left += here;
    }
    document.getElementById("none-left").hidden = left > 0;
  }

  document.addEventListener("input", (event) => {
    if (!form().contains(event.target)) return;
    if (event.target.name === "sig") show();
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    clearTimeout(timer);
    if (event.submitter?.name === "accept") accept(event.submitter);
    else refresh();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      tell(button.dataset.done);
      button.textContent = button.dataset.done;
      return;
    }
    // Another language keeps what stands in the form: it is sent along.
    const language = event.target.closest("a[hreflang]");
    if (language && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const address = new URL(form().action);
      address.search = new URL(language.href).search;
      form().action = address;
      form().submit();
    }
  });

  // On a phone a bar leads to the results for as long as they are out of sight.
  const sight = new IntersectionObserver(([seen]) => { jump.hidden = seen.isIntersecting; });

  show();
  prepare("");
  jump.textContent = results().dataset.said;
})();
